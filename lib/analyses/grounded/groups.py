"""Which networks a test is to tell apart by their layers, and by what outputs are compared."""

GROUNDED = "resnet_fast_grounded"
UNALTERED = f"{GROUNDED}_unaltered"
"""The group of networks that are trained on images and labels as they are."""

STRENGTHS = {"labels": (25, 100), "dots": (0, 50, 100), "augmented": (1, 2)}
"""What tells the groups of a test apart; with the unaltered ones, each has three."""


def _groups(kind: str) -> tuple[str, ...]:
    return tuple(f"{GROUNDED}_{kind}_{strength}" for strength in STRENGTHS[kind])


TESTS = {
    "labels": (UNALTERED, *_groups("labels")),
    "shortcut": _groups("dots"),
    "augmentation": (UNALTERED, *_groups("augmented")),
}
"""Test -> its groups, the experiments whose networks are told apart."""

GROUPS = tuple(dict.fromkeys(name for groups in TESTS.values() for name in groups))

OUTPUT_METRICS = ("agreement", "jensen_shannon")
