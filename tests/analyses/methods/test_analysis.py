"""The choices behind the settings, and what the sources do differently."""

from types import SimpleNamespace

import pandas as pd
import pytest

from lib.analyses.methods import analysis, sources
from lib.book.report.statistics import interval

TRIED = pd.DataFrame({"trust": [0.1, 0.1, 0.2], "accuracy": [0.5, 0.7, 0.65]})


@pytest.mark.parametrize(
    ("ours", "margin", "verdict"),
    [
        (0.2, "0.0 %", analysis.BEST),
        (0.1, "5.0 %", analysis.BELOW),
        (0.3, "-", analysis.NOT_TRIED),
    ],
)
def test_our_trust_coefficient_is_judged_by_the_mean_over_seeds(ours, margin, verdict):
    assert analysis.judge_trust(TRIED, ours) == (margin, verdict)


def test_the_row_of_our_trust_coefficient_says_so():
    rows = analysis.trust_table(TRIED, 0.2).rows
    assert rows == (("0.1", "60.0 %", "2"), ("0.2 (in this study)", "65.0 %", "1"))


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.9, 1, 1.1], analysis.HIGHER),
        ([-1.1, -1, -0.9], analysis.LOWER),
        ([-1, 0, 1.1], analysis.UNDECIDED),
        ([1.0, 2.0], analysis.UNDECIDED),
        ([1.0], analysis.UNDECIDED),
    ],
)
def test_a_precision_is_judged_by_its_interval(differences, verdict):
    assert analysis.judge_precision(interval(differences)) == verdict


def test_networks_are_compared_seed_by_seed():
    for effect in analysis.precision_effects().values():
        assert effect["difference"].n == 10
        means = effect["bfloat16"].mean - effect["float32"].mean
        assert effect["difference"].mean == pytest.approx(means)


def study(**values):
    """A study of two networks with these hyperparameters."""
    rows = [{"name": name.replace("__", "."), "value": value} for name, value in values.items()]
    setting = {"hyperparameters": rows, "optimiser": "SGD"}
    return SimpleNamespace(settings=lambda name: setting)


def test_a_setting_that_is_as_in_the_source_makes_no_row():
    shown = [row[0] for row in sources.source_differences(study(precision="float32")).rows]
    assert "precision" in shown
    shown = [row[0] for row in sources.source_differences(study(precision="half")).rows]
    assert "precision" not in shown
    assert len(shown) > len(sources.DIFFERENCES)


def test_variants_name_the_networks_that_were_measured_with_them():
    ways = {"x": ("about x", "control"), "y": ("about y", "pruning")}
    measured = SimpleNamespace(
        experiments=["vgg_svhn"],
        variants={"vgg_svhn_x"},
        network=str.upper,
    )
    assert [row[3] for row in analysis.variants(measured, ways).rows] == ["VGG_SVHN", "-"]
