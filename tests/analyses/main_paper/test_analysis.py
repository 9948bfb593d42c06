"""Claims decided again, in other readings and at other scales, in worlds with a known reason."""

import dataclasses
import math

import pytest

from lib.analyses.main_paper import analysis
from lib.analyses.main_paper.analysis import AT_SCALES, READINGS
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED

from ...book.claims.worlds import PAPERS_WORLD, curve
from .violations import VIOLATIONS

BOUND = "vgg16_bn-cka-bound"  # above 0.75 everywhere
ACCURATE = "vgg16_bn-accuracy-comparable"


def low(end):
    return curve(conv1_1=0.97, out=end)


def again(results, key, which):
    """{reading: its row} of a claim that does not hold."""
    outcome = claims.decide(next(c for c in PAPER_CLAIMS if c.key == key), results)
    assert outcome.verdict == FAILS, outcome.nearest.measured
    return readings.decide_again(results, [outcome], which).set_index("reading")


def read(key, **changes):
    return again(PAPERS_WORLD.but(**changes).results(), key, READINGS).verdict


def at_scales(key=BOUND, **changes):
    return again(PAPERS_WORLD.but(**changes).results(), key, AT_SCALES)


def test_a_claim_that_fails_because_of_the_matrix():
    """NBS stays high only where it sees channels."""
    found = read(
        "vgg16_bn-nbs-bound",
        curves={
            ("vgg16_bn", "nbs", ""): curve(conv1_1=0.2, pool5=0.2, out=0.9),
            ("vgg16_bn", "nbs", "channels"): curve(conv1_1=0.95),
        },
    )
    assert (found["One matrix"], found["A tenth"]) == (HOLDS, FAILS)


def test_a_claim_that_fails_after_a_tenth_only():
    found = read(ACCURATE, gains={"vgg16_bn": lambda left: -5 * (left < 0.05)})
    assert (found["A tenth"], found["One matrix"]) == (HOLDS, FAILS)


def test_chance_counts_as_zero():
    results = PAPERS_WORLD.but(nulls={"cka": 0.7}).results()
    other = READINGS[2].change(results).similarity
    before, after = (
        table[(table.metric == "cka") & (table.reshape == "flat")].value
        for table in (results.similarity, other)
    )
    assert after.to_numpy() == pytest.approx(((before - 0.7) / 0.3).clip(lower=0).to_numpy())
    cosine = other[other.metric == "cosine"].value
    assert cosine.equals(results.similarity[results.similarity.metric == "cosine"].value)


def test_what_the_results_lack_is_not_measured():
    results = PAPERS_WORLD.but(**VIOLATIONS[BOUND]).results()
    rows = results.similarity
    poorer = dataclasses.replace(results, similarity=rows[rows.reshape != "channels"])
    found = again(poorer, BOUND, READINGS)
    assert found.verdict[["One matrix", "Image means"]].eq(NOT_MEASURED).all()
    assert not found.concerned[["One matrix", "Image means"]].any()


def test_a_reading_that_changes_nothing_of_a_claim_leaves_it_unchanged():
    """Accuracies do not depend on metrics."""
    results = PAPERS_WORLD.but(gains={"vgg16_bn": lambda left: -5.0}).results()
    found = again(results, ACCURATE, READINGS)
    assert readings.cells(found).drop("A tenth").isin([readings.UNCHANGED, "-"]).all()


def test_without_a_claim_there_is_nothing_to_read():
    found = readings.decide_again(PAPERS_WORLD.results(), [], READINGS)
    assert readings.readings_table(found).rows == ()


@pytest.mark.parametrize(
    ("end", "way"), [(0.4, readings.FURTHER_AWAY), (0.7, readings.NEARER), (0.6, readings.SAME)]
)
def test_the_direction_in_which_a_smaller_scale_moves_a_claim(end, way):
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_slim", "cka", ""): low(end)}
    row = at_scales(curves=curves).loc["Half as wide"]
    assert (row.verdict, row.direction, row.on_its_side) == (FAILS, way, False)


def test_a_claim_that_holds_at_the_other_scale():
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_brief", "cka", ""): low(0.9)}
    found = at_scales(curves=curves)
    row = found.loc["Briefer re-trainings"]
    assert (row.verdict, row.direction, row.on_its_side) == (HOLDS, readings.NEARER, True)
    assert found.loc["Half as wide"].verdict == NOT_MEASURED


def test_other_networks_and_the_controls_stay_at_their_scale():
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_slim", "cka", ""): low(0.4)}
    results = PAPERS_WORLD.but(curves=curves).results()
    before, after = results.similarity, AT_SCALES[0].change(results).similarity
    others = [name for name in before.experiment.unique() if not name.startswith("vgg16_bn")]
    for name in [*others, "vgg16_bn_trained_on"]:
        assert before[before.experiment == name].equals(after[after.experiment == name])
    assert "vgg16_bn_slim" not in set(after.experiment)
    assert after[(after.experiment == "vgg16_bn") & (after.metric == "svcca")].empty


def test_a_claim_of_another_network_is_not_concerned():
    curves = {("resnet_fast", "cka", ""): curve(prep=0.94, out=0.5)}
    curves["vgg16_bn_slim", "cka", ""] = low(0.6)
    assert not at_scales("resnet_fast-cka-bound", curves=curves).concerned.any()


def test_accuracies_are_those_of_the_other_scale_too():
    gains = {"vgg16_bn": lambda left: -5.0, "vgg16_bn_slim": lambda left: -9.0}
    row = at_scales(ACCURATE, gains=gains).loc["Half as wide"]
    assert row.measured_so.startswith(("\u22129.0", "\u22128.9"))
    assert row.direction == readings.FURTHER_AWAY


def test_the_same_rules_on_the_paper_s_scale():
    """A reading may be another study; with one network only the side of the mean is known."""
    slim = PAPERS_WORLD.but(
        curves={("resnet_fast", "nbs", ""): curve(prep=0.97, res3_1=0.6, out=0.95)}
    ).results()
    for networks, decided in ((3, True), (1, False)):
        full = PAPERS_WORLD.results(networks)
        reading = readings.SensitivityAnalysis("Full scale", "", lambda _, full=full: full)
        row = again(slim, "resnet_fast-nbs-lowest", [reading]).loc["Full scale"]
        assert row.on_its_side
        assert (row.verdict == HOLDS) is decided


def test_why_a_claim_does_not_hold():
    """CKA is too low, most of all in a slimmer network, and only after a tenth."""
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_slim", "cka", ""): low(0.4)}
    results = PAPERS_WORLD.but(curves=curves).results()
    failed = [claims.decide(next(c for c in PAPER_CLAIMS if c.key == BOUND), results)]
    otherwise = readings.decide_again(results, failed, READINGS)
    smaller = readings.decide_again(results, failed, AT_SCALES)
    why = analysis.why_not(failed, otherwise, smaller)
    [row] = why.to_dict("records")
    assert row["Misses by"].startswith("0.15")
    assert row["Further away"] == "Half as wide"
    assert math.isnan(row["Nearer"])
    [said] = analysis.by_scale(analysis.moved_by_scale(smaller))["Half as wide"]
    assert said.endswith("does not, further away")


def test_without_a_failed_claim_there_is_nothing_to_explain():
    results = PAPERS_WORLD.results()
    otherwise = readings.decide_again(results, [], READINGS)
    assert analysis.why_not([], otherwise, otherwise).empty
    assert analysis.by_scale(analysis.moved_by_scale(otherwise)).empty
