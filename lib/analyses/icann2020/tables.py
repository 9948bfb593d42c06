"""The tables of minima and of neurons."""

from ...table_schemas import RUN, TableSchema

POTENTIALS = TableSchema(
    "potentials",
    RUN
    | {"layer": "str", "depth": "int64", "neurons": "int64", "silent": "int64"}
    | {"entropy": "float64", "mixed": "float64"},
    key=(*RUN, "depth", "layer"),
    measured=("entropy", "mixed"),
)
"""A row is one layer of ReLUs in one network.

`entropy` is the PSP-entropy in bits, averaged over neurons and classes; multiply by
`neurons` and the number of classes to get the sum. `mixed` is the mean over neurons of
what it would be if the sign said nothing about the class. `silent` counts neurons that
are always on or always off.
"""

LANDSCAPE = TableSchema(
    "landscape",
    RUN
    | {"quantity": "str", "number": "int64"}
    | dict.fromkeys(("radius", "value", "error"), "float64"),
    key=(*RUN, "quantity", "number", "radius"),
    measured=("value", "error"),
)
"""A row is one measurement of the loss around one network.

`quantity` is "eigenvalue" (`number` from 0, decreasing), "trace", "increase" (the mean
loss at a `radius` along random directions, minus that at 0) or "loss" (`number` is the
direction, `radius` signed). `error` is a standard error where there is one.
"""
