"""The schemas of the tables of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class TableSchema:
    """The schema of a table.

    Attributes:
        name: of its file, without the extension.
        columns: name -> pandas type.
        key: the columns that identify a row, and by which rows are sorted. Sorting puts
            equal values next to each other, which compresses well.
        measured: the columns that are rounded when tables are merged; all others are
            kept exactly.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    measured: tuple[str, ...] = ()

    def tidy(self, rows: Iterable[dict] = ()) -> pd.DataFrame:
        """Rows as a table with these columns, in their order and types; others are dropped."""
        rows = list(rows)
        for row in rows:
            if missing := self.columns.keys() - row:
                raise ValueError(f"a row of {self.name} lacks {', '.join(sorted(missing))}")
        return pd.DataFrame(rows, columns=list(self.columns)).astype(dict(self.columns))


RUN = {
    "experiment": "str",
    "train_seed": "int64",
    "prune_seed": "Int64",
    "other_seed": "Int64",
    "iteration": "int64",
}
"""The columns that identify a network of a run; iteration 0 is the complete network.

A run that prunes has a `prune_seed`. One that compares the complete network with another,
trained or untrained, has the `other_seed` of that one.
"""

NAMES = ("network", "regime", "role")
"""Further columns of merged tables: which network, how it was trained, and its role among the
networks of one kind and regime (`Catalogue.names_of`)."""

LAYER = {"layer": "str", "kind": "str", "depth": "int64"}
"""The columns that describe a recorded layer; `depth` counts the layers from 0."""

METRIC = {"metric": "str", "reshape": "str", "value": "float64"}

SIMILARITY = TableSchema(
    "similarity",
    RUN
    | {"remaining": "float64"}
    | LAYER
    | METRIC
    | {"null_mean": "float64"}
    | dict.fromkeys(("rank_x", "rank_y", "dead_x", "dead_y"), "Int64")
    | {"id_x": "float64"},
    key=(*RUN, "depth", "layer", "reshape", "metric"),
    measured=("value", "null_mean", "id_x"),
)
"""A row says how similar one layer of a pruned network (y) is to that of the complete one (x).

`remaining` is the fraction of prunable weights left, and `null_mean` the mean of the
metric on shuffled images. For x and for y, `rank` is the numerical rank and `dead` the
number of columns without variance. `id_x` is the intrinsic dimension of x, known only
where each row of the reshaped representation is an image.
"""

PERFORMANCE = TableSchema(
    "performance",
    RUN
    | dict.fromkeys(("remaining", "accuracy", "loss", "train_loss"), "float64")
    | {"epochs": "int64", "collapsed": "str"},
    key=tuple(RUN),
)
"""A row describes one network: complete (iteration 0 and neither `prune_seed` nor
`other_seed`), pruned, or untrained.

`accuracy` and `loss` are on the test split, `train_loss` is the mean over the last epoch's
batches; `epochs` are those of this network's own training; `collapsed` names the parameters
without any surviving weight.
"""

DENSITY = TableSchema(
    "density",
    RUN | {"parameter": "str", "weights": "int64", "survivors": "int64"},
    key=(*RUN, "parameter"),
)
"""A row says how many weights of one prunable parameter survive an iteration."""

TABLES = (SIMILARITY, PERFORMANCE, DENSITY)
"""Those of every study; an analysis declares its own."""
