"""What the page says of the rank correlations."""

import numpy as np
import pytest

from lib.report import rank_correlation_findings as findings
from lib.report.layerwise import signed
from lib.report.rank_correlation import ITERATION, summary
from lib.report.rank_correlation_tables import ranged

from .rank_world import BENT, RISING, RUNS, ZIGZAG, study

NOTHING = study({("cka", "flat"): ZIGZAG[:2]}, ZIGZAG[:2])


def cka(far, gap=ZIGZAG, **others):
    return study({("cka", "flat"): far}, gap, **others)


def test_metrics_that_rank_as_the_iteration_does_are_said_once_to_say_no_more():
    cells = {("cka", "flat"): BENT, ("nbs", "flat"): RISING}
    text = findings.against_the_number(study(cells, ZIGZAG, outputs={"agreement": RISING}))
    assert text == (
        "Over the iterations, no metric says more than the number of the iteration: each of the "
        "4 rank correlations is within 0.01 of that of the number."
    )


def test_a_small_distance_from_the_number_is_rounded_up():
    """One swap of neighbours among 40: 0.0002 less than the number has."""
    far = np.arange(40.0) / 100
    far[[6, 7]] = far[[7, 6]]
    assert "is within 0.01 of" in findings.against_the_number(cka(far, np.arange(40) / 100))
    far[:8] = far[:8][::-1]
    made = cka(far, np.arange(40) / 100)
    frame = summary(made, "vgg_svhn", "gap")
    distance = abs(frame.rho["cka", "flat"] - frame.rho[ITERATION])
    assert 0.01 < distance < 0.02
    assert "is within 0.02 of" in findings.against_the_number(made)


def test_a_metric_that_beats_the_number_is_named():
    cells = {("cka", "flat"): ZIGZAG, ("nbs", "flat"): RISING, ("rsa", "gap"): ZIGZAG[::-1]}
    made = study(cells, ZIGZAG)
    number = signed(summary(made, "vgg_svhn", "gap").rho[ITERATION])
    assert findings.against_the_number(made) == (
        "Over the iterations, 1 of 3 rank correlations is more than 0.05 above that of the "
        "iteration's number; the furthest is that of CKA on *flat*, +1.00 where the number has "
        f"{number} (VGG_SVHN, accuracy gap)."
    )


def test_metrics_below_the_number_do_not_beat_it():
    text = findings.against_the_number(cka(ZIGZAG[::-1]))
    assert text == (
        "Over the iterations, none of 1 rank correlation is more than 0.05 above that of the "
        "iteration's number."
    )


def test_where_nothing_changes_there_is_nothing_to_rank():
    assert "there is nothing to rank" in findings.against_the_number(cka(np.full(8, 0.1)))
    made = cka(ZIGZAG, np.full(8, 0.1))
    assert "there is nothing to rank" in findings.against_the_number(made)
    assert "No metric can be judged by the steps" in findings.finding(made, "vgg_svhn")


def test_what_follows_beyond_the_iteration_is_named():
    good, poor = BENT + ZIGZAG / 2, BENT + ZIGZAG[::-1]
    cells = {("cka", "flat"): good, ("nbs", "flat"): poor, ("svcca", "channels"): RISING}
    made = study(cells, RISING + ZIGZAG)
    frame = summary(made, "vgg_svhn", "gap")
    assert frame.beyond[("cka", "flat")] > max(0, frame.beyond[("nbs", "flat")])
    assert findings.beyond(made) == (
        "Beyond the iteration, 2 of 3 cases can be judged. The range lies above 0 in 1; the "
        f"highest is that of CKA on *flat*, {ranged(frame.loc[('cka', 'flat'), :], 'beyond')} "
        "(VGG_SVHN, accuracy gap)."
    )


def test_where_all_rise_at_every_step_nothing_can_be_judged_beyond_the_iteration():
    assert "none of 1 case can be judged" in findings.beyond(cka(BENT))


def test_a_case_that_few_runs_can_judge_is_not_judged():
    text = findings.beyond(cka(lambda run: BENT if run[1] else ZIGZAG))
    assert "none of 1 case can be judged" in text
    text = findings.beyond(cka(lambda run: ZIGZAG if run[1] else BENT))
    assert "1 of 1 case can be judged" in text


def test_what_goes_against_the_function_beyond_the_iteration_is_not_named():
    text = findings.beyond(cka(0.5 - ZIGZAG))
    assert text.endswith("1 of 1 case can be judged. In none of them does the range lie above 0.")


def test_the_steps_say_which_metrics_follow_and_which_run_against():
    cells = {
        ("svcca", "channels"): 0.5 - ZIGZAG,
        ("pwcca", "channels"): lambda run: ZIGZAG if run[1] else ZIGZAG[::-1],
        ("cka", "flat"): ZIGZAG,
        ("nbs", "flat"): BENT + ZIGZAG,
        ("rsa", "gap"): ZIGZAG,
    }
    made = study(cells, ZIGZAG, outputs={"agreement": 0.5 - ZIGZAG})
    nbs = summary(made, "vgg_svhn", "gap").steps["nbs", "flat"]
    assert nbs > 0
    assert findings.finding(made, "vgg_svhn") == (
        f"**VGG_SVHN.** CKA (+1.00) and NBS ({signed(nbs)}) follow the steps of the accuracy gap; "
        "SVCCA (\u22121.00) runs against them. SVCCA (+1.00) follows the steps of the output "
        f"disagreement; CKA (\u22121.00) and NBS ({signed(-nbs)}) run against them."
    )


def test_steps_whose_range_has_both_signs_follow_nothing():
    made = cka(lambda run: ZIGZAG if run[1] else ZIGZAG[::-1])
    assert findings.finding(made, "vgg_svhn") == (
        "**VGG_SVHN.** None of the paper's metrics follows the steps of the accuracy gap."
    )


def test_equal_steps_cannot_be_judged():
    assert findings.finding(cka(RISING), "vgg_svhn") == (
        "**VGG_SVHN.** No metric can be judged by the steps of the accuracy gap."
    )


@pytest.mark.parametrize("runs", [RUNS[:1], RUNS, [(0, seed) for seed in range(5)]])
def test_a_network_has_at_most_two_sentences(runs):
    rng = np.random.default_rng(0)
    noise = rng.random((5, 8))
    made = study(
        {("svcca", "channels"): lambda run: noise[run[1]], ("cka", "flat"): ZIGZAG},
        ZIGZAG,
        outputs={"agreement": RISING + ZIGZAG},
        runs=runs,
    )
    text = findings.finding(made, "vgg_svhn").removeprefix("**VGG_SVHN.** ")
    assert text.count(". ") == 1
    assert text.endswith(".")


def test_without_outputs_the_page_says_so():
    made = cka(ZIGZAG)
    assert "how often pruned and complete networks disagree" in findings.statement(made)
    assert "`agreement`" in findings.statement(made)
    assert "disagreement" not in findings.finding(made, "vgg_svhn")


def test_what_stands_in_the_place_of_disagreement_is_said():
    text = findings.statement(cka(ZIGZAG, outputs={"jensen_shannon": BENT}))
    assert "not recorded for VGG_SVHN: the Jensen-Shannon divergence" in text


def test_without_any_change_all_say_so():
    assert findings.finding(NOTHING, "vgg_svhn") == "**VGG_SVHN.** Not measured in this study."
    assert findings.against_the_number(NOTHING) == "Not measured in this study."
    assert findings.beyond(NOTHING) == "Not measured in this study."
