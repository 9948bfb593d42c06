"""The tables of layer collapse and of activation regions."""

from ...tables import RUN, Table

REGIONS = Table(
    "regions",
    RUN
    | {"segment": "int64", "share": "float64"}
    | dict.fromkeys(("regions", "regions_error", "pieces", "pieces_error"), "float64")
    | {"points": "int64", "exact": "bool"},
    key=(*RUN, "segment"),
    measured=("regions", "regions_error", "pieces", "pieces_error"),
    optional=True,
)
"""A row is one segment between two test images. `regions` is the number of activation regions that
it crosses, `pieces` the number of pieces on which the output is linear: 1 if the network is
constant. Where the whole segment was examined (`share` is 1) they are counts without error,
otherwise estimates with a standard error. If not `exact`, some were missed and both are too low.
`points` were evaluated.
"""

COLLAPSE = Table(
    "collapse",
    RUN | {"paths": "float64", "constant": "bool", "predicted": "int64", "majority": "float64"},
    key=tuple(RUN),
    measured=("paths",),
    optional=True,
)
"""A row says whether anything of the input reaches the output of one network.

`paths` counts the paths of surviving weights from an entry of the input to an output. `constant`
says whether all test images get the same outputs, `predicted` how many classes are predicted.
`majority` is the share of the test images that have the most frequent class: the accuracy of the
best constant answer.
"""
