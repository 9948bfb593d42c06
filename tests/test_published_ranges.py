"""The numbers of the published tables lie where such numbers can lie."""

import pandas as pd
import pytest

from lib import ROOT

SIMILARITIES = sorted((ROOT / "results").rglob("similarity/*.parquet"))
PERFORMANCES = sorted((ROOT / "results").rglob("performance.parquet"))


def name(path):
    return path.relative_to(ROOT / "results").as_posix()


@pytest.mark.parametrize("path", SIMILARITIES, ids=name)
def test_similarities_are_at_most_one_and_chance_maxima_above_chance_means(path):
    rows = pd.read_parquet(path)
    paper = rows[rows.metric.isin(["mean_cca", "svcca", "pwcca", "cka", "nbs"])].value.dropna()
    assert paper.between(0, 1).all()
    both = rows.dropna(subset=["null_max", "null_mean"])
    assert (both.null_max >= both.null_mean).all()


@pytest.mark.parametrize("path", PERFORMANCES, ids=name)
def test_weights_left_fall_and_accuracies_are_shares(path):
    rows = pd.read_parquet(path)
    assert rows.accuracy.between(0, 1).all()
    assert rows.remaining.between(0, 1).all()
    runs = rows.sort_values("iteration").groupby(["experiment", "train_seed", "prune_seed"])
    assert all(run.remaining.is_monotonic_decreasing for _, run in runs)
