"""The tables of layers and channels that are found again, and of damaged networks."""

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

ACCURACY = "accuracy"

DETECTION = TableSchema(
    "detection",
    RUN
    | {"layer": "str", "damage": "str", "size": "float64", "images": "int64", "confounded": "bool"}
    | METRIC,
    key=(*RUN, "layer", "damage", "size", "confounded", "images", "reshape", "metric"),
    measured=("value",),
)
"""A row says how similar a layer of an iteration's network is to that of the iteration
before, while it has a damage; or, with "accuracy" as the metric, how accurate it then
is on test images.

`damage` is "none" after a harmless re-training, and "level" after one more level of
pruning, with the iteration as its size. `confounded` images have in common how bright
each one is.
"""
