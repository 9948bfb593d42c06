"""The share of layers that identify the original, in a made-up table."""

import pandas as pd

from lib.report import NETWORK, mean_over, reveals_original

SEEDS = (0, 1, 2)
WHO = {"network": "x", "role": "pruned"}


def test_the_origin_is_found_where_the_original_is_the_most_similar():
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
    assert mean_over(reveals_original(table), "layer").tolist() == [0.5, 0.5, 1]
