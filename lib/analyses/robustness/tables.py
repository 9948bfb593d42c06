"""The table of similarities measured in other ways."""

from ...table_schemas import LAYER, METRIC, RUN, TableSchema

ROBUSTNESS = TableSchema(
    "robustness",
    RUN | LAYER | {"axis": "str", "setting": "str"} | METRIC | {"null_mean": "float64"},
    key=(*RUN, "depth", "layer", "axis", "setting", "reshape", "metric"),
    measured=("value", "null_mean"),
)
"""A row says how similar one layer is when one choice, the `axis`, has another `setting`."""
