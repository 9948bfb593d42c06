"""The tables of single pruned layers, and of images that are classified differently."""

from ...table_schemas import METRIC, RUN, TableSchema

OWN_LAYER, LAST_HIDDEN = "own", "last"
"""Places at which a layer that is pruned alone is compared: itself, and the last hidden layer."""

MARGIN, MIDDLE_DRIFT, LAST_DRIFT = "margin", "drift, middle layer", "drift, last layer"
"""What may tell which images flip."""

CLEAN, CORRUPTED = ("clean",), ("noise", "blur", "contrast")
"""Conditions of the images."""

ONE_LAYER = TableSchema(
    "one_layer",
    RUN | {"parameter": "str", "share": "float64", "place": "str"} | METRIC,
    key=(*RUN, "parameter", "share", "place", "reshape", "metric"),
    measured=("value",),
)
"""A row is one number of a complete network in which a share of one parameter was
removed, the smallest weights, without any training after it.

At a `place`, the pruned layer itself or the last hidden one, `metric` says how similar
that layer is to what it was. Without a place the metric is "accuracy", also of the
network as it was, with an empty parameter; or it is a predictor without
representations: "norm", the removed share of the parameter's norm, "length", the norm
of what was removed, and "curvature", half the mean curvature of the loss along one of
the parameter's weights times the square of that length.
"""

FLIPS = TableSchema(
    "flips",
    RUN | {"condition": "str", "quantity": "str", "of": "str", "value": "float64"},
    key=(*RUN, "condition", "quantity", "of"),
    measured=("value",),
)
"""A row is one number of a pruned network and its complete one on the same images.

`condition` says what was done to the images. The quantities are the "accuracy" of
either network; the share of images that are "flipped", that is, classified differently,
overall and in each class; and the "auc" with which something that is known of each
image tells the flipped ones from the others.
"""
