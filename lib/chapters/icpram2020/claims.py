"""The claims of the ICPRAM 2020 paper, and the main paper's remarks on it, as rules.

Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of Pruned and
Unpruned Convolutional Neural Networks". The rules are made from its abstract, and from what the
main paper says of it in sections 1 and 3.1.
"""

from collections.abc import Callable

from ...claims import vocabulary as q
from ...claims.changes import first_study
from ...claims.engine import POINTS, Claim, Quantity, Rule, declare
from ...claims.vocabulary import ALWAYS, CLEAR, FIRST, OUT
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

MIDDLE = q.named("the convolutions after the first", "conv1_2", "conv2_1", "conv2_2")
CONNECTED = q.named("the hidden fully-connected layers", "fc1", "fc2")

_ABSTRACT = "ICPRAM 2020, abstract"


def _connected(of: Callable[..., Quantity], layers: q.Layers) -> dict[str, tuple]:
    """The claims on the fully-connected layer: `layers` says which it is, `of` measures it."""
    return {
        f"{PAGE}-connected-{name}": (
            f"With {words}, SVCCA of the fully-connected layer is higher than in the middle.",
            Rule(
                of(name, "svcca", layers) - q.lowest(name, "svcca", MIDDLE),
                above=VISIBLE,
            ),
        )
        for name, words in SUBSETS.items()
    }


_GROWS = f"{PAGE}-u-grows"
_DEEPEST = 'SVCCA has a "U" with all classes, and it is deepest there.'


def _of_subsets() -> dict[str, tuple]:
    connected = _connected(q.of_layer, OUT)
    found = {}
    for name, words in SUBSETS.items():
        found[f"{PAGE}-first-{name}"] = (
            f"With {words}, SVCCA of the first layer is higher than in the middle.",
            Rule(
                q.of_layer(name, "svcca", FIRST) - q.lowest(name, "svcca", MIDDLE),
                above=VISIBLE,
            ),
        )
        found[f"{PAGE}-connected-{name}"] = connected[f"{PAGE}-connected-{name}"]
    return found


CLAIMS: tuple[Claim, ...] = (
    *declare(_ABSTRACT, PAGE, _of_subsets()),
    *declare(
        "1",
        PAGE,
        {
            _GROWS: (
                _DEEPEST,
                Rule(q.bowl(HARDEST, "svcca", FIRST, MIDDLE, OUT), above=VISIBLE),
                Rule(
                    q.bowl(HARDEST, "svcca", FIRST, MIDDLE, OUT).of("with all ten classes"),
                    above=0,
                    minus=q.bowl(EASIEST, "svcca", FIRST, MIDDLE, OUT).of("with two classes"),
                ),
            ),
        },
    ),
    *declare(
        _ABSTRACT,
        PAGE,
        {
            f"{PAGE}-accuracy": (
                "Pruned networks perform about as well as the complete one.",
                *(
                    Rule(q.gain(name, ALWAYS, "lowest").of(f"with {words}"), above=-1, unit=POINTS)
                    for name, words in SUBSETS.items()
                ),
            ),
        },
    ),
)

REMARK: tuple[Claim, ...] = declare(
    "3.1",
    f"{PAGE}#fig-rewinding",
    {
        f"{PAGE}-rewinding-level": (
            "SVCCA hardly depends on whether weights or only the learning rate are rewound.",
            Rule(
                q.mean(RATE, "svcca").of("with the rate rewound")
                - q.mean(HARDEST, "svcca").of("with the weights rewound"),
                above=-VISIBLE,
                below=VISIBLE,
            ),
        ),
        f"{PAGE}-rewinding-shape": (
            "SVCCA has the same shape over the layers, whichever of the two is rewound.",
            Rule(
                q.same_order(
                    "rank correlation of the two curves of SVCCA over the hidden layers",
                    (RATE, "svcca"),
                    (HARDEST, "svcca"),
                ),
                above=CLEAR,
            ),
        ),
    },
)

READINGS = {"output": "The output layer", "hidden": "The hidden fully-connected layers"}
"""What "the fully-connected layer" can be in a network that has three."""

HIDDEN_READING: tuple[Claim, ...] = declare(
    _ABSTRACT,
    PAGE,
    _connected(q.mean, CONNECTED)
    | {
        _GROWS: (
            _DEEPEST,
            Rule(q.u_depth(HARDEST, "svcca"), above=VISIBLE),
            Rule(
                q.u_depth(HARDEST, "svcca").of("with all ten classes"),
                above=0,
                minus=q.u_depth(EASIEST, "svcca").of("with two classes"),
            ),
        )
    },
)
"""The claims in this other reading, with the keys of those declared above."""

PIVOT = Rule(
    q.of_layer(RATE, "svcca", OUT).of("of pruned networks")
    - q.of_layer(f"{RATE}_independent", "svcca", OUT).of("of independently trained networks"),
    above=0,
)
"""Whether pruning has anything to do with a high similarity of the output; decides no claim."""

FIRST_STUDY = first_study(__file__)
"""Verdicts of the first rules on the first study, and which rules have changed since."""
