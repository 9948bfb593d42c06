"""The table of the masks' overlap."""

from ...table_schemas import RUN, TableSchema

OVERLAP = TableSchema(
    "overlap",
    RUN
    | {"level": "str", "way": "str", "other_way": "str"}
    | {"jaccard": "float64", "by_chance": "float64"},
    key=(*RUN, "level", "way", "other_way"),
    measured=("jaccard", "by_chance"),
)
"""A row says how far two ways to prune keep the same weights of one complete network,
with as many left: the Jaccard index of their masks, and what it would be by chance for
masks that are as dense in each layer. `iteration` is that of
`lib.analyses.prunings.ways.BASE`.
"""
