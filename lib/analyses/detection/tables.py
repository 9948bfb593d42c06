"""The table of damaged networks."""

from ...table_schemas import METRIC, RUN, TableSchema

ACCURACY = "accuracy"

DETECTION = TableSchema(
    "detection",
    RUN
    | {"layer": "str", "damage": "str", "size": "float64", "images": "int64", "confounded": "bool"}
    | METRIC,
    key=(*RUN, "layer", "damage", "size", "confounded", "images", "reshape", "metric"),
    measured=("value",),
)
"""A row says how similar a layer of an iteration's network is to that of the iteration before,
while it has a damage; or, with "accuracy" as the metric, how accurate it then is on test images.

`damage` is "none" after a harmless re-training, and "level" after one more level of pruning, with
the iteration as its size. `confounded` images have in common how bright each one is.
"""
