"""Made-up similarities are judged by the rule: what was put in is found."""

import dataclasses
from itertools import product

import numpy as np
import pandas as pd
import pytest

from lib.analyses.validity.detection import (
    alarms_over_time,
    detected_by,
    networks,
    practical,
)
from lib.analyses.validity.detection import judged_by_rule as judged_of
from lib.analyses.validity.detection_claims import detection_decided
from lib.analyses.validity.rule import alarms, from_which, smallest
from lib.analyses.validity.smallest_damage import draw_detection
from lib.analyses.validity.tables import ACCURACY, DETECTION
from lib.book.report.results import with_run_seed

NETWORK = "vgg_svhn"

SIZES = (0.125, 0.25, 0.5, 1.0)
KEEN, BLIND, LATE = ("cka", "flat"), ("svcca", "channels"), ("nbs", "flat")
SEES = {KEEN: (0.25, 4.0), LATE: (1.0, 0.5)}
"""From which size on of damage that costs accuracy from 0.5 on; and of damage that costs none."""


def table(*, seeds=(0, 1, 2), pairs=20, damaged=(10, 20), noise=1e-3):
    """Harmless changes leave 0.9, up to noise; what is seen leaves 0.5."""
    draw = np.random.default_rng(0).normal
    rows = []
    for seed, pair, layer in product(seeds, range(1, pairs + 1), ("conv1_1", "conv2_1")):
        head = {"experiment": "vgg_svhn_trained_as_long", "train_seed": seed, "prune_seed": 0}
        head["other_seed"] = None
        head |= {"iteration": pair, "layer": layer, "confounded": False}
        cases = [("none", 0.0)]
        if pair in damaged:
            cases += product(("channels", "shift"), SIZES)
        for damage, size in cases:
            here = head | {"damage": damage, "size": size}
            for metric, reshape in (KEEN, BLIND, LATE):
                seen = size >= SEES.get((metric, reshape), (9, 9))[damage == "shift"] > 0
                number = {"metric": metric, "reshape": reshape}
                number["value"] = (0.5 if seen and size else 0.9) + draw(0, noise)
                rows += [here | {"images": n} | number for n in (20, 50)]
            if pair in damaged:
                costs = 0.02 * (damage == "channels" and size >= 0.5)
                number = {"metric": ACCURACY, "reshape": "", "value": 0.9 - costs}
                rows.append(here | {"images": 0} | number)
    return with_run_seed(DETECTION.tidy(rows))


@pytest.fixture(scope="module")
def results_with_control(results):
    known = results.provenance["experiments"]
    control = known["vgg_svhn"] | {"base": "vgg_svhn"}
    provenance = {
        **results.provenance,
        "experiments": known | {"vgg_svhn_trained_as_long": control},
    }
    return dataclasses.replace(results, provenance=provenance)


@pytest.fixture(scope="module")
def judged(results_with_control):
    return results_with_control.having(DETECTION, table())


def verdicts(study):
    """Kind of test and reading -> verdict."""
    names = ("nbs", "channels", "all", "any")
    found = {finding.key: finding.verdict for finding in detection_decided(study, NETWORK)}
    return {
        (name, reading): found[f"detection-{name}-{reading}-{NETWORK}"]
        for name in names
        for reading in ("rule", "same-stage")
    }


def test_the_smallest_damage_is_that_from_which_on_a_metric_sees_it(judged):
    found, *_ = judged_of(judged, NETWORK)
    sizes = found["size"].unstack("train_seed")
    for images in (20, 50):
        for (metric, reshape), (costly, costless) in SEES.items():
            for damage, size in (("channels", costly), ("shift", costless)):
                expected = size if size <= 1 else np.inf
                row = sizes.loc[damage, False, images, metric, reshape]
                assert row.tolist() == [expected] * 3
        assert np.isinf(sizes.loc["channels", False, images, *BLIND]).all()
    assert set(found.cost["channels"]) == {0.5}
    assert np.isinf(found.cost["shift"]).all()


def test_a_size_that_a_larger_one_belies_is_not_the_smallest():
    index = pd.MultiIndex.from_product([["a", "b", "c"], SIZES], names=["damage", "size"])
    found = pd.Series([0, 1, 0, 1, 1, 1, 1, 0, 1, 1, np.nan, 1], index=index, dtype=float)
    least = from_which(found)
    assert least["a"] == 1
    assert np.isinf(least["b"])
    assert np.isnan(least["c"])


def test_verdicts_tell_what_matters_from_what_does_not(judged):
    table = detected_by(judged, NETWORK).xs(50, level="images")
    counts = table[["in_time", "costly", "for_nothing", "costless"]]
    assert counts.loc[KEEN].tolist() == [1, 1, 0, 1]
    assert counts.loc[LATE].tolist() == [0, 1, 1, 1]
    assert counts.loc[BLIND].tolist() == [0, 1, 0, 1]
    assert table.index[0] == KEEN
    found = verdicts(judged)
    assert found["any", "rule"] == "holds"  # one of three
    assert found["all", "rule"] == "does not hold"
    assert found["nbs", "rule"] == "does not hold"  # not on channels


def test_verdicts_say_where_the_references_disagree(results_with_control):
    # for one metric the first changes are large: only a reference of the same stage can notice
    rows = table()
    early = (rows.damage == "none") & (rows.iteration < 10) & (rows.metric == KEEN[0])
    drifting = rows.assign(value=rows.value.mask(early, 0.4))
    study = results_with_control.having(DETECTION, drifting)
    rule, stage = (detected_by(study, NETWORK, name).in_time for name in ("rule", "same stage"))
    assert (rule[50, *KEEN], stage[50, *KEEN]) == (0, 1)
    found = verdicts(study)
    assert (found["any", "rule"], found["any", "same-stage"]) == ("does not hold", "holds")
    over_time = alarms_over_time(study, NETWORK)
    assert over_time.columns.tolist() == [*map(str, range(1, 10)), "10 to 20"]
    assert practical(study, NETWORK).shape == (3, 6)


def test_with_too_few_changes_of_the_same_stage_the_rule_stands_alone(results_with_control):
    study = results_with_control.having(DETECTION, table(seeds=(0,)))
    found = verdicts(study)
    assert found["any", "rule"] == "holds"
    assert found["any", "same-stage"] == "not measured"
    assert set(practical(study, NETWORK)["In time, same stage"]) == {"-"}
    assert alarms_over_time(study, NETWORK).shape == (2, 10)


def test_false_alarms_are_as_many_as_the_level_says():
    rows = table(seeds=range(20), damaged=(), noise=1.0)
    rates = alarms(rows).groupby(["metric", "images"]).alarm.mean()
    assert ((rates > 0.03) & (rates < 0.07)).all()
    # a network that training again changes more than others raises more of them
    rows = rows.assign(value=rows.value - 3.0 * (rows.train_seed == 4))
    assert alarms(rows).groupby("train_seed").alarm.mean()[4] > 0.5


def test_too_few_harmless_changes_raise_no_alarm_and_one_network_judges_itself():
    def of(pairs, seeds=(0,)):
        return smallest(alarms(table(seeds=seeds, pairs=pairs, damaged=(5,))))

    assert of(19).isna().all()  # 18 others: p is 1/19 at least
    assert of(20)["channels", False, 50, *KEEN].tolist() == [0.25]
    assert of(10, (0, 1)).isna().all()
    assert of(19, (0, 1))["channels", False, 50, *KEEN].tolist() == [0.25] * 2


def test_what_is_undefined_under_damage_alone_is_noticed():
    rows = table()
    gone = (rows.damage == "channels") & (rows["size"] == 1) & (rows.metric == BLIND[0])
    undefined = rows.assign(value=rows.value.mask(gone))
    found = smallest(alarms(undefined))
    assert set(found["channels", False, 50, *BLIND]) == {1.0}
    nowhere = rows.assign(value=rows.value.mask(rows.metric == BLIND[0]))
    found = smallest(alarms(nowhere))
    assert found.xs(BLIND[0], level="metric").isna().all()


def test_without_harmless_changes_nothing_is_judged(results_with_control):
    rows = table()
    alone = results_with_control.having(DETECTION, rows[rows.damage != "none"])
    assert networks(alone) == []
    assert draw_detection(alone)._repr_html_() == "<p>Not measured in this study.</p>"
