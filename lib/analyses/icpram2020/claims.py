"""The claims of the ICPRAM 2020 paper, and the main paper's remarks on it, as rules.

Ansuini, Medvet, Pellegrino and Zullich, "On the Similarity between Hidden Layers of
Pruned and Unpruned Convolutional Neural Networks". The rules are made from its
abstract, and from what the main paper says of it in sections 1 and 3.1.
"""

from dataclasses import replace

from ...book.claims import vocabulary as q
from ...book.claims.engine import POINTS, Claim, Rule, declare
from ...book.claims.gains import gain
from ...book.claims.quantity import ALWAYS, FIRST_LAYER, OUT, named
from ...book.claims.vocabulary import CLEAR
from ...book.report.style import VISIBLE

PAGE = "icpram2020"

TASKS = {
    "conv4_two": "two classes",
    "conv4_four": "four classes",
    "conv4_six": "six classes",
    "conv4_eight": "eight classes",
    "conv4_late_reset": "all ten classes",
}
"""experiment -> its images, from the easiest task to the hardest."""

EASIEST, HARDEST = next(iter(TASKS)), list(TASKS)[-1]
RATE = "conv4"
"""The same network and images as the hardest task, with the learning rate rewound."""

MIDDLE = named("the convolutions after the first", "conv1_2", "conv2_1", "conv2_2")

_ABSTRACT = "ICPRAM 2020, abstract"


def _of_subsets() -> dict[str, tuple]:
    rules = {}
    for name, words in TASKS.items():
        middle = q.lowest(name, "svcca", MIDDLE)
        rules[f"{PAGE}-first-{name}"] = (
            f"With {words}, SVCCA of the first layer is higher than in the middle.",
            Rule(q.of_layer(name, "svcca", FIRST_LAYER) - middle, above=VISIBLE),
        )
        rules[f"{PAGE}-connected-{name}"] = (
            f"With {words}, SVCCA of the fully-connected layer is higher than in the middle.",
            Rule(q.of_layer(name, "svcca", OUT) - middle, above=VISIBLE),
        )
    return rules


CLAIMS: tuple[Claim, ...] = (
    *declare(_ABSTRACT, PAGE, _of_subsets()),
    *declare(
        "1",
        PAGE,
        {
            f"{PAGE}-u-grows": (
                'SVCCA has a "U" with all classes, deeper than with two.',
                Rule(q.bowl(HARDEST, "svcca", FIRST_LAYER, MIDDLE, OUT), above=VISIBLE),
                Rule(
                    q.bowl(HARDEST, "svcca", FIRST_LAYER, MIDDLE, OUT).of("with all ten classes"),
                    above=0,
                    minus=q.bowl(EASIEST, "svcca", FIRST_LAYER, MIDDLE, OUT).of("with two classes"),
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
                    Rule(gain(name, ALWAYS, "lowest").of(f"with {words}"), above=-1, unit=POINTS)
                    for name, words in TASKS.items()
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

CONNECTED = named("the hidden fully-connected layers", "fc1", "fc2")


def _of_hidden_layers() -> dict[str, tuple[Rule, ...]]:
    rules = {}
    for task in TASKS:
        middle = q.lowest(task, "svcca", MIDDLE)
        rule = Rule(q.mean(task, "svcca", CONNECTED) - middle, above=VISIBLE)
        rules[f"{PAGE}-connected-{task}"] = (rule,)
    rules[f"{PAGE}-u-grows"] = (
        Rule(q.u_depth(HARDEST, "svcca"), above=VISIBLE),
        Rule(
            q.u_depth(HARDEST, "svcca").of("with all ten classes"),
            above=0,
            minus=q.u_depth(EASIEST, "svcca").of("with two classes"),
        ),
    )
    return rules


HIDDEN_READING: tuple[Claim, ...] = tuple(
    replace(claim, rules=_of_hidden_layers()[claim.key])
    for claim in CLAIMS
    if claim.key in _of_hidden_layers()
)
"""The claims on the fully-connected layer, if that means the two hidden ones."""

PIVOT = q.of_layer(RATE, "svcca", OUT) - q.of_layer(f"{RATE}_independent", "svcca", OUT)
"""How much nearer a pruned network's output is than that of another complete network."""
