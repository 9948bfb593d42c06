"""The tables of layers and channels that are found again."""

from ...table_schemas import LAYER, METRIC, RUN, TableSchema

_PAIR = {"experiment": "str", "train_seed": "int64", "other_seed": "int64"}

IDENTIFICATION = TableSchema(
    "identification",
    _PAIR
    | {"layer_x": "str", "layer_y": "str", "depth_x": "int64", "depth_y": "int64"}
    | {"kind_x": "str", "kind_y": "str"}
    | METRIC,
    key=(*_PAIR, "reshape", "metric", "depth_x", "depth_y", "layer_x", "layer_y"),
    measured=("value",),
)
"""A row says how similar layer x of one complete network is to layer y of another."""

MATCHING = TableSchema(
    "matching",
    RUN
    | LAYER
    | {"channels": "int64"}
    | dict.fromkeys(("own", "assigned", "identity", "matched"), "float64"),
    key=(*RUN, "depth", "layer"),
    measured=("own", "assigned", "identity", "matched"),
)
"""A row says how the channels of a layer match those of the complete network; see
`lib.metrics.UnitMatching` for the columns."""

DESCENT = TableSchema(
    "descent",
    RUN | {"other_seed": "int64"} | LAYER | METRIC,
    key=(*RUN, "depth", "layer", "metric", "reshape"),
    measured=("value",),
)
"""A row says how similar a layer of a network is to that of the complete network of
`other_seed`, its own where this is its `train_seed`."""
