"""Intervals of many layers that hold together."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lib.book.report.simultaneous import simultaneous

LAYERS = 18


def studies(number, scatter, networks=3):
    """Made-up studies whose true means are 0, and whose layers scatter differently."""
    rng = np.random.default_rng(0)
    for _ in range(number):
        sd = np.exp(scatter * rng.standard_normal(LAYERS))
        shared = rng.standard_normal((networks, 1))
        yield pd.DataFrame(
            sd * (0.5 * shared + 0.75**0.5 * rng.standard_normal((networks, LAYERS)))
        )


def covered(table):
    return bool(((table.low <= 0) & (table.high >= 0)).all())


@pytest.mark.parametrize("scatter", [0.0, 0.35, 0.7])
def test_they_hold_together_in_nearly_all_studies(scatter):
    """300 studies: 91 % is four standard errors below 95 %."""
    share = np.mean([covered(simultaneous(study)) for study in studies(300, scatter)])
    assert share > 0.91


def test_single_intervals_would_not():
    own = [
        covered(simultaneous(study, confidence=1 - 0.05 * LAYERS, moderated=False))
        for study in studies(200, 0.35)
    ]
    assert np.mean(own) < 0.8


def test_layers_that_scatter_alike_lend_each_other_freedom():
    study = next(studies(1, 0.0))
    moderated, own = (simultaneous(study, moderated=way) for way in (True, False))
    assert (moderated.high - moderated.low).mean() < 0.5 * (own.high - own.low).mean()
    assert moderated["mean"].equals(own["mean"])


def test_without_moderation_they_are_students_with_bonferronis_level():
    study = next(studies(1, 0.7))
    table = simultaneous(study, moderated=False)
    half = stats.t.ppf(1 - 0.05 / (2 * LAYERS), 2) * study.std(ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(table.high - table["mean"], half)


def test_variances_that_differ_no_more_than_chance_become_the_typical_one():
    """By hand: exp of the mean of log s² - digamma(1) + log 1, with the freedom of all layers."""
    base = np.array([-1.0, 0.0, 1.0])
    variances = np.array([1.0, 1.1, 0.9, 1.0])
    table = simultaneous(pd.DataFrame(base[:, None] * np.sqrt(variances)))
    typical = np.exp(np.log(variances).mean() + np.euler_gamma)
    half = stats.t.ppf(1 - 0.05 / 8, 8) * np.sqrt(typical / 3)
    np.testing.assert_allclose(table.high, half)


def test_one_network_has_means_alone():
    table = simultaneous(pd.DataFrame({"a": [0.5], "b": [0.1]}))
    assert table["mean"].tolist() == [0.5, 0.1]
    assert table[["low", "high"]].isna().all(axis=None)


def test_exact_agreement_is_an_interval_of_one_point():
    table = simultaneous(pd.DataFrame({"a": [0.5, 0.5, 0.5], "b": [0.1, 0.1, 0.1]}))
    assert table.low.tolist() == pytest.approx([0.5, 0.1])
    assert table.high.tolist() == pytest.approx([0.5, 0.1])
