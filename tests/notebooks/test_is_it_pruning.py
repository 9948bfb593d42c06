"""What is put into made-up tables is found in them, and nothing else."""

import pandas as pd
import pytest

from lib.report import NETWORK
from notebooks.is_it_pruning.analysis import gains, origin_found, rank_with_depth

SEEDS = (0, 1, 2)
WHO = {"network": "x", "role": "pruned"}


def test_gains_are_points_beyond_the_complete_network():
    rows = [
        WHO | {NETWORK: seed, "iteration": iteration, "accuracy": accuracy + run / 1000}
        for seed, complete in zip(SEEDS, (0.7, 0.8, 0.9), strict=True)
        for iteration, accuracy in [(0, complete), (1, complete + 0.01), (2, complete - 0.05)]
        for run in ((-1, 1) if iteration else (0,))
    ]
    gained = gains(pd.DataFrame(rows))
    assert gained.xs(1, level="iteration").tolist() == pytest.approx([1, 1, 1])
    assert gained.xs(2, level="iteration").tolist() == pytest.approx([-5, -5, -5])
    assert 0 not in gained.index.get_level_values("iteration")


def test_only_the_own_network_counts_as_the_origin():
    rows = [
        WHO | {"metric": "cka", "iteration": 4, NETWORK: seed, "other_seed": other}
        | {"layer": layer, "value": 0.5}
        for seed in SEEDS
        for other in SEEDS
        for layer in ("conv1", "conv2")
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[(table[NETWORK] == table.other_seed) & (table.layer == "conv1"), "value"] = 0.6
    table.loc[(table.other_seed == 2) & (table.layer == "conv2"), "value"] = 0.7
    assert origin_found(table).tolist() == [0.5, 0.5, 1]


@pytest.mark.parametrize(("line", "expected"), [([1, 2, 9], 1), ([9, 2, 1], -1), ([1, 9, 1], 0)])
def test_what_grows_with_depth_has_a_positive_rank_correlation(line, expected):
    # not in alphabetical order
    index = pd.MultiIndex.from_product(
        [SEEDS, ["conv2", "conv10", "add"]], names=[NETWORK, "layer"]
    )
    found = rank_with_depth(pd.Series(line * 3, index, dtype=float))
    assert found.tolist() == pytest.approx([expected] * 3)
