"""The results tables: tidy, one row per number."""

from collections.abc import Iterable

import pandas as pd

SIMILARITY = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "remaining": "float64",
    "layer": "str",
    "kind": "str",
    "depth": "int64",
    "metric": "str",
    "reshape": "str",
    "value": "float64",
    "null_mean": "float64",
    "null_sd": "float64",
    "rank_x": "Int64",
    "rank_y": "Int64",
    "dead_x": "Int64",
    "dead_y": "Int64",
    "pr_x": "float64",
    "pr_y": "float64",
    "id_x": "float64",
    "id_y": "float64",
}
"""A row says how similar one layer of a pruned network (y) is to the complete one's (x).

`remaining` is the fraction of prunable weights left; `depth` counts recorded layers from 0;
`null_mean` and `null_sd` describe the metric on mismatched images; `rank`, `dead` and `pr` are
numerical rank, number of channels without variance, and participation ratio of each side; `id` is
the intrinsic dimension where a row is an image.
"""

PERFORMANCE = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "Int64",
    "iteration": "int64",
    "remaining": "float64",
    "remaining_all": "float64",
    "accuracy": "float64",
    "loss": "float64",
    "train_loss": "float64",
    "epochs": "int64",
    "seconds": "float64",
    "collapsed": "str",
}
"""A row describes one trained network: the complete one (iteration 0, no prune_seed) or a pruned.

`remaining_all` counts all parameters, prunable or not; `accuracy` and `loss` are on the test
split, `train_loss` is the mean of the last epoch's batches; `epochs` and `seconds` are those of
this network's own training; `collapsed` names the layers of which nothing is left.
"""

DENSITY = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "parameter": "str",
    "weights": "int64",
    "survivors": "int64",
}
"""A row says how many weights of one prunable parameter survive an iteration."""


ROBUSTNESS = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "layer": "str",
    "kind": "str",
    "depth": "int64",
    "axis": "str",
    "setting": "str",
    "metric": "str",
    "reshape": "str",
    "value": "float64",
    "null_mean": "float64",
}
"""A row says how similar one layer is if one thing, the `axis`, is set to another `setting`."""

IDENTIFICATION = {
    "experiment": "str",
    "train_seed": "int64",
    "other_seed": "int64",
    "layer_x": "str",
    "layer_y": "str",
    "depth_x": "int64",
    "depth_y": "int64",
    "kind_x": "str",
    "kind_y": "str",
    "metric": "str",
    "reshape": "str",
    "value": "float64",
}
"""A row says how similar layer x of one complete network is to layer y of another one's."""

POTENTIALS = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "layer": "str",
    "depth": "int64",
    "neurons": "int64",
    "silent": "int64",
    "entropy": "float64",
    "mixed": "float64",
}
"""A row is one layer of ReLUs in one network; iteration 0 is the complete one.

`entropy` is the mean of the PSP-entropy over neurons and classes, in bits: times `neurons` and the
number of classes it is the sum. `silent` counts neurons that are always on or always off.
"""

LANDSCAPE = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "quantity": "str",
    "number": "int64",
    "radius": "float64",
    "value": "float64",
    "error": "float64",
}
"""A row is one measurement of the loss around one network; iteration 0 is the complete one.

`quantity` is "eigenvalue" (`number` from 0, decreasing), "trace", "increase" (the mean loss at a
`radius` along random directions, minus that at 0) or "loss" (`number` is the direction, `radius`
signed). `error` is a standard error where there is one.
"""

REGIONS = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "int64",
    "iteration": "int64",
    "segment": "int64",
    "share": "float64",
    "regions": "float64",
    "points": "int64",
    "exact": "bool",
}
"""A row is one segment between two test images. `regions` is the count where all of the segment was
looked at, its `share` 1, and an estimate otherwise. If not `exact`, there are more.
"""


def tidy(rows: Iterable[dict], columns: dict[str, str]) -> pd.DataFrame:
    """Rows as a table with exactly the given columns, in their order and types.

    Raises:
        ValueError: a row lacks a column or has another one.
    """
    rows = list(rows)
    for row in rows:
        if set(row) != set(columns):
            raise ValueError(
                f"a row has the columns {sorted(row)}, wanted are {sorted(columns)}; "
                f"they differ in {sorted(set(row) ^ set(columns))}"
            )
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
