"""The ways to prune that are compared, at which levels, and the experiments that have them."""

BASE_NETWORK = "vgg_svhn"

LEVELS = {"early": 1 / 2, "midway": 1 / 8, "late": 1 / 64}
"""Where the paper looks: which share of the weights is left."""

LATER_LEVELS = ("midway", "late")

BASE = "rewound"
"""The way of the paper at the pace of this chapter."""

CHANGED = ("fine_tune", "weight_rewind", "late_reset", "local", "filters", "random")
STEPWISE = (BASE, *CHANGED, "gradual")
"""Ways whose runs pass all levels; "gradual" is the way of the paper at its own pace."""

WAYS_BY_CHANGE = {
    "Other trainings": ("fine_tune", "weight_rewind", "late_reset"),
    "Other paces": ("one_shot", "accelerated", "gradual"),
    "Other weights": ("local", "filters", "random"),
}
"""What each way changes in that of the base."""

NEVER_PRUNED = f"{BASE_NETWORK}_half_trained_as_long"


def ways(level: str) -> tuple[str, ...]:
    """The ways that have a network of their own at a level."""
    return (*STEPWISE, "one_shot", "accelerated") if level in LATER_LEVELS else STEPWISE


def experiment_name(way: str, level: str) -> str:
    """The experiment that has the networks of a way to prune at a level.

    Args:
        way: of `ways`.
        level: a key of `LEVELS`.
    """
    if way == "gradual":
        return BASE_NETWORK
    return f"{BASE_NETWORK}_{way}" if way in STEPWISE else f"{BASE_NETWORK}_{way}_{level}"
