"""The merged tables are small, and rounding leaves enough digits."""

import itertools

import numpy as np
import pandas as pd
import pytest

from lib.study.store import BITS, rounded, write
from lib.tables import SIMILARITY

MEBIBYTE = 2**20


@pytest.fixture
def similarities():
    """As many rows as VGG16_BN has in two complete networks, three runs each, 20 iterations."""
    random = np.random.default_rng(0)
    pairs = [("svcca", "channels"), ("pwcca", "channels"), ("cka", "channels"), ("cka", "flat")]
    pairs += [(metric, "gap") for metric in ("mean_cca", "svcca", "pwcca", "cka", "nbs")]
    pairs += [("mean_cca", "channels"), ("nbs", "channels"), ("nbs", "flat")]
    axes = itertools.product(range(2), range(3), range(1, 21), range(19), pairs)
    keys = ["train_seed", "prune_seed", "iteration", "depth", "pair"]
    table = pd.DataFrame(list(axes), columns=keys)
    table["metric"], table["reshape"] = zip(*table.pop("pair"), strict=True)
    numbers = random.random((len(table), 3))
    table[["value", "null_mean", "null_sd"]] = numbers
    sides = table.groupby(["train_seed", "prune_seed", "iteration", "depth", "reshape"]).ngroup()
    for name in ("pr_x", "pr_y", "id_x", "id_y"):
        table[name] = 20 * random.random(sides.max() + 1)[sides]
    for name in ("rank_x", "rank_y", "dead_x", "dead_y"):
        table[name] = random.integers(0, 64, sides.max() + 1)[sides]
    table = table.assign(experiment="vgg16_bn", kind="conv", remaining=0.8**table.iteration)
    return table.assign(layer="conv" + table.depth.astype(str)).astype(SIMILARITY.columns)


def test_the_similarities_of_a_network_fit_a_file_far_below_a_mebibyte(similarities, tmp_path):
    (name,) = write(tmp_path, SIMILARITY, similarities)
    assert name == "similarity/vgg16_bn.parquet"
    assert (tmp_path / name).stat().st_size < 0.6 * MEBIBYTE
    similarities.to_parquet(tmp_path / "plain.parquet")
    assert (tmp_path / name).stat().st_size < (tmp_path / "plain.parquet").stat().st_size / 2
    pd.testing.assert_series_equal(
        pd.read_parquet(tmp_path / "similarity").dtypes,
        similarities.dtypes[list(SIMILARITY.columns)],
    )


def test_rounding_keeps_six_digits_of_small_numbers_too():
    numbers = pd.Series(
        np.random.default_rng(0).random(1000) * 10.0 ** np.arange(-9, 1).repeat(100)
    )
    error = (rounded(numbers) / numbers - 1).abs()
    assert 2.0 ** -(BITS + 1) < error.max() <= 2.0**-BITS < 1e-6


def test_rounding_leaves_the_ends_of_the_scale_and_missing_values_alone():
    numbers = pd.Series([0, 1, 0.5, np.nan, 1 - 1e-9])
    assert rounded(numbers).tolist()[:3] == [0, 1, 0.5]
    assert np.isnan(rounded(numbers)[3])
    assert rounded(numbers)[4] == 1
    once = rounded(pd.Series(np.random.default_rng(0).random(100)))
    assert rounded(once).equals(once)
