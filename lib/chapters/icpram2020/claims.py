"""The claims of the ICPRAM 2020 paper, and the main paper's remark on rewinding, as rules.

Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of Pruned and
Unpruned Convolutional Neural Networks". Only its abstract and what the main paper says of it are
open to us.
"""

from __future__ import annotations

from ...claims.engine import Claim, Rule, declare
from ...claims.vocabulary import (
    ALWAYS,
    CLEAR,
    FIRST,
    POINTS,
    gain,
    lowest,
    mean,
    named,
    of_layer,
    same_order,
    u_depth,
)
from ...report.style import VISIBLE

PAGE = "icpram2020"

SUBSETS = {
    "conv4_two": "two classes",
    "conv4_four": "four classes",
    "conv4_six": "six classes",
    "conv4_eight": "eight classes",
    "conv4_late_reset": "all ten classes",
}
"""experiment -> its images, from the easiest task to the hardest."""

EASIEST, HARDEST = next(iter(SUBSETS)), list(SUBSETS)[-1]
RATE = "conv4"
"""The same network and images as the hardest task, with the learning rate rewound."""

MIDDLE = named("the convolutions after the first", "conv1_2", "conv2_1", "conv2_2")
CONNECTED = named("the fully-connected layers", "fc1", "fc2")


def _of_subsets() -> dict[str, tuple]:
    found = {}
    for name, words in SUBSETS.items():
        middle = lowest(name, "svcca", MIDDLE)
        found |= {
            f"{PAGE}-first-{name}": (
                f"With {words}, SVCCA of the first layer is higher than in the middle.",
                Rule(of_layer(name, "svcca", FIRST) - middle, above=VISIBLE),
            ),
            f"{PAGE}-connected-{name}": (
                f"With {words}, SVCCA of the fully-connected layers is higher than in the middle.",
                Rule(mean(name, "svcca", CONNECTED) - middle, above=VISIBLE),
            ),
        }
    return found


CLAIMS: tuple[Claim, ...] = declare(
    "ICPRAM 2020, abstract",
    "",
    PAGE,
    _of_subsets()
    | {
        f"{PAGE}-u-grows": (
            'The "U" of SVCCA is deepest with all classes.',
            Rule(
                u_depth(HARDEST, "svcca").of("with all ten classes")
                - u_depth(EASIEST, "svcca").of("with two classes"),
                above=0,
            ),
        ),
        f"{PAGE}-accuracy": (
            "Pruned networks perform about as well as the complete one.",
            *(
                Rule(gain(name, ALWAYS, "lowest").of(f"with {words}"), above=-1, unit=POINTS)
                for name, words in SUBSETS.items()
            ),
        ),
    },
)

REMARK: tuple[Claim, ...] = declare(
    "3.1",
    "",
    f"{PAGE}#fig-rewinding",
    {
        f"{PAGE}-rewinding-level": (
            "SVCCA hardly depends on whether weights or only the learning rate are rewound.",
            Rule(
                mean(RATE, "svcca").of("with the rate rewound")
                - mean(HARDEST, "svcca").of("with the weights rewound"),
                above=-VISIBLE,
                below=VISIBLE,
            ),
        ),
        f"{PAGE}-rewinding-shape": (
            "SVCCA has the same shape over the layers, whichever of the two is rewound.",
            Rule(
                same_order(
                    "rank correlation of the two curves of SVCCA over the hidden layers",
                    (RATE, "svcca"),
                    (HARDEST, "svcca"),
                ),
                above=CLEAR,
            ),
        ),
    },
)
