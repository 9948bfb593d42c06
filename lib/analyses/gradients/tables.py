"""The table of kernels with and without gradients."""

from ...table_schemas import LAYER, METRIC, RUN, TableSchema

KERNEL_METRICS = ("cka", "nbs")
"""Metrics that take a kernel whose rows are images."""

NO_GRADIENTS, WITH_GRADIENTS, UNIT_GRADIENTS = (
    "representation",
    "with gradients",
    "with unit gradients",
)

GRADIENTS = TableSchema(
    "gradients",
    RUN | LAYER | {"kernel": "str"} | METRIC | dict.fromkeys(("null_mean", "pr_x"), "float64"),
    key=(*RUN, "depth", "layer", "kernel", "metric"),
    measured=("value", "null_mean", "pr_x"),
)
"""A row says how similar a layer is to that of the complete network by a metric of a
kernel. `pr_x` is the participation ratio of the complete network's kernel: its
effective number of directions.
"""
