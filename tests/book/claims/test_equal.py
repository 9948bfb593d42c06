"""At equal accuracy: which iteration that is, and what is said of a difference."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from lib.book.claims import equal
from lib.book.report.results import load_results
from lib.book.report.statistics import Interval

from ...pages import run_page
from ..report.made_up import sealed_again, write_results

RUNS = [(0, 0), (1, 0), (2, 0)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three complete networks of each kind, which pruning leaves as accurate until iteration 4."""
    folder = write_results(
        tmp_path_factory.mktemp("equal") / "results",
        runs=RUNS,
        controls=["independent", "trained_on"],
    )
    performance = pd.read_parquet(folder / "performance.parquet")
    lost = performance.iteration.map({4: 0.0051, 5: 0.2}).fillna(0) - 0.0001
    performance["accuracy"] = 0.9 - lost.where(performance.iteration > 0, 0)
    performance.loc[performance.iteration == 3, "accuracy"] = 0.8951
    performance.to_parquet(folder / "performance.parquet")
    return sealed_again(folder)


def test_the_last_iteration_that_is_no_more_than_half_a_point_worse(folder):
    study = load_results(folder)
    assert equal.last_as_accurate(study, "vgg16_bn") == 4
    performance = study.performance.assign(accuracy=lambda t: 0.9 - 0.1 * t.iteration)
    worse = type(study)(folder, study.similarity, performance, study.provenance)
    assert equal.last_as_accurate(worse, "vgg16_bn") == 0


def test_a_network_with_more_runs_or_without_any_does_not_change_what_equal_is(folder):
    """Networks at 0.9, 0.8 and 0.5; the first is pruned twice, the last not at all."""
    study = load_results(folder)
    accuracy = study.performance.train_seed.map({0: 0.9, 1: 0.8, 2: 0.5})
    rows = study.performance.assign(accuracy=accuracy - 0.004 * study.performance.iteration)
    again = rows[(rows.train_seed == 0) & (rows.iteration > 0)].assign(prune_seed=1)
    kept = rows[(rows.train_seed < 2) | (rows.iteration == 0)]
    other = type(study)(folder, study.similarity, pd.concat([kept, again]), study.provenance)
    assert equal.last_as_accurate(other, "vgg16_bn") == 1


def test_equal_to_a_control_means_at_the_same_iteration(folder):
    study = load_results(folder)
    control = study.performance.experiment.str.endswith("_trained_on")
    for ahead, last in ((0.0049, 5), (0.0051, 3)):  # from iteration 4 on
        rows = study.performance.assign(accuracy=0.9)
        rows.loc[control & (rows.iteration > 3), "accuracy"] += ahead
        other = type(study)(folder, study.similarity, rows, study.provenance)
        assert equal.last_as_accurate(other, "vgg_svhn", "trained_on") == last
    assert equal.last_as_accurate(other, "vgg_svhn") == 5


def test_similarity_is_that_of_the_iteration_and_differences_are_from_the_control(folder):
    study = load_results(folder)
    rows = study.of("vgg_svhn", "similarity")
    rows = rows[(rows.metric == "cka") & (rows.iteration == 2) & (rows.kind != "out")]
    each = rows.groupby("train_seed").value.mean()
    found = equal.similarity(study, "vgg_svhn", "cka", 2)
    assert (found.mean, found.n) == (pytest.approx(each.mean()), 3)
    table = study.similarity
    later = (table.experiment == "vgg_svhn_trained_on") & (table.iteration > 2)
    study = replace(study, similarity=table.assign(value=table.value.mask(later, 0)))
    apart = equal.similarity(study, "vgg_svhn", "cka", 2, minus="trained_on")
    assert (apart.mean, apart.n) == (pytest.approx(each[0] - 0.905), 1)  # 0.90 and 0.91
    assert equal.similarity(study, "vgg16_bn", "cka", 2, minus="trained_on").n == 0


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.10, equal.CLOSER),
        (-0.10, -0.01, equal.FURTHER),
        (-0.04, 0.04, equal.AS_CLOSE),
        (0.01, 0.04, equal.AS_CLOSE),
        (-0.01, 0.10, equal.OPEN),
        (math.nan, math.nan, equal.UNKNOWN),
    ],
)
def test_verdicts(low, high, verdict):
    assert equal.verdict(Interval((low + high) / 2, low, high, 3)) == verdict


def test_pages_say_it(folder):
    found, front = (
        " ".join(str(getattr(shown, "data", "")) for shown in run_page(name, folder)["displayed"])
        for name in ("vgg_svhn", "index")
    )
    assert "is still as accurate as its complete network: 89.5 % against 90.0 %" in found
    assert "By SVCCA and CKA, the two are closer than independently trained" in found
    assert "pruned ones are closer in VGG_SVHN and undecided in VGG16_BN and ResNet_fast." in front
