"""Claims behind the first screen: do the metrics agree on one scale, and had training ended?"""

from ...book.claims.calibrated import ALIKE, apart
from ...book.claims.engine import POINTS, Rule, declare
from ...book.claims.gains import gain
from ...book.claims.quantity import at_iteration
from ...book.report.names import PAPER_NETWORKS

CONVERGED = 0.5
"""A complete network is trained enough if one more whole schedule adds less, in points."""

CALIBRATED = declare(
    "One scale",
    "contrast",
    {
        f"{network}-one-scale-{when}": (
            f"On the scale of shuffled images, independent networks and identical ones, SVCCA and "
            f"CKA place {words} of {name} less than a tenth of the way apart.",
            Rule(apart(network, "svcca", "cka", at_equal), above=-ALIKE, below=ALIKE),
        )
        for network, name in PAPER_NETWORKS.items()
        for when, words, at_equal in (
            ("end", "the most pruned networks", False),
            ("equal", "pruned networks of equal accuracy", True),
        )
    },
)

TRAINED_ENOUGH = declare(
    "Training",
    "accuracy",
    {
        f"{network}-converged": (
            f"One more whole training raises the accuracy of a complete {name} by less than "
            f"{CONVERGED} points.",
            Rule(
                gain(f"{network}_trained_as_long", at_iteration(1)).of("by training alone"),
                below=CONVERGED,
                unit=POINTS,
            ),
        )
        for network, name in PAPER_NETWORKS.items()
    },
)
