"""The table of layer collapse."""

from ...table_schemas import RUN, TableSchema

COLLAPSE = TableSchema(
    "collapse",
    RUN | {"paths": "float64", "constant": "bool", "predicted": "int64", "majority": "float64"},
    key=tuple(RUN),
    measured=("paths",),
)
"""A row says whether anything of the input reaches the output of one network.

`paths` counts the paths of surviving weights from an entry of the input to an output.
`constant` says whether all test images get the same outputs, `predicted` how many
classes are predicted. `majority` is the share of the test images that have the most
frequent class: the accuracy of the best constant answer.
"""
