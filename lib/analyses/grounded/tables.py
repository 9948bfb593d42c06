"""The table of networks beside networks, and of layers beside layers."""

from ...table_schemas import METRIC, TableSchema

_PAIR = {"experiment": "str", "train_seed": "int64"}
_PAIR |= {"other_experiment": "str", "other_seed": "int64"}
_LAYERS = {"layer_x": "str", "depth_x": "int64", "layer_y": "str", "depth_y": "int64"}

PAIRS = TableSchema(
    "pairs",
    _PAIR | _LAYERS | METRIC,
    key=(*_PAIR, "depth_x", "layer_x", "depth_y", "layer_y", "metric", "reshape"),
    measured=("value",),
)
"""A row says how similar layer x of one complete network is to layer y of another, or of the same.

Two networks are compared in the last hidden layer, and in their outputs; the layers of
one network each with each. Under the metric "accuracy" a row has the accuracy of one
network on all test images, as often as the network is compared with itself.
"""
