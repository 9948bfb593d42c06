"""Names and sizes of the damage that is done to networks: see `lib.analyses.damages`."""

NONE, LEVEL, STRANGER = "none", "level", "stranger"
"""No damage, after a harmless re-training or after one more level of pruning; and the
damage by another network."""

_SHARES = tuple(2.0**-k for k in (6, 5, 4, 3, 2, 1))

DAMAGES = {
    **dict.fromkeys(("principal", "directions", "channels", STRANGER), _SHARES),
    "pruned": (1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 7 / 8),
    "noise": tuple(2.0**-k for k in (5, 4, 3, 2, 1, 0)),
    "shift": tuple(2.0**k for k in (-2, -1, 0, 1, 2, 3)),
    "outliers": tuple(2.0**k for k in (0, 1, 2, 3, 4, 5)),
}
"""damage -> its sizes. A size of 0 would be no damage."""
