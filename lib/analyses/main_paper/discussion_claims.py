"""The claims of the paper's sections 3.1, 6 and 7: what its results have in common."""

from collections.abc import Callable
from functools import partial

from ...book.claims import vocabulary as q
from ...book.claims.engine import LAYERS, Rule, declare
from ...book.claims.quantity import ALWAYS, EVERY, OUT, START, Quantity, together
from ...book.claims.vocabulary import CCA, CCA_TITLES, CLEAR, PAPER_METRICS, RESNET, SVHN, VGG16
from ...book.report.names import METRICS, NETWORK_TITLES
from ...book.report.style import VISIBLE
from .layer_claims import STACKED

PLATEAU = 0.4
"""Share of the layers over which a plateau extends. CKA that fell steadily from 1 to
the paper's lowest value, 0.75, would visibly change beyond every fifth of the layers;
this is twice as much."""

_HALF, _CLEARLY = 0.5, 1.1
"""Relative to a maximum: far below it; and relative to others: clearly above them."""


def _bottom_later(experiment: str) -> list[Rule]:
    """The lowest layer of NBS comes two or three layers after those of SVCCA and PWCCA."""
    place = q.place_of_lowest(experiment, "nbs")
    return [
        Rule(place - q.place_of_lowest(experiment, metric), above=1.5, below=3.5, unit=LAYERS)
        for metric in CCA
    ]


def _than_cca(difference: Callable[[str, str], Quantity]) -> list[Rule]:
    """A visible difference from SVCCA and from PWCCA, in each network of the paper."""
    return [
        rule
        for metric in CCA
        for rule in q.each_net(partial(difference, metric=metric), above=VISIBLE)
    ]


_REWIND = f"{VGG16}_late_reset"

_TOOLS = declare(
    "3.1",
    VGG16,
    {
        "rewinding-weights-or-rate": (
            "SVCCA of VGG16_BN hardly depends on whether its weights or only the rate is rewound.",
            Rule(
                q.mean(VGG16, "svcca").of("with the rate rewound")
                - q.mean(_REWIND, "svcca").of("with the weights rewound"),
                above=-VISIBLE,
                below=VISIBLE,
            ),
        )
    },
)

_TAKEAWAYS = tuple(
    claim
    for network in (VGG16, SVHN, RESNET)
    for claim in declare(
        "6.1",
        network,
        {
            f"nbs-later-{network}": (
                f"The bottom of NBS of {NETWORK_TITLES[network]} comes a few layers after those of "
                f"{CCA_TITLES}.",
                *_bottom_later(network),
            )
        },
    )
) + declare(
    "6.1",
    VGG16,
    {
        "nbs-higher": (
            f"NBS lies far above {CCA_TITLES}, in each network.",
            *_than_cca(lambda network, metric: q.mean(network, "nbs") - q.mean(network, metric)),
        ),
        "cka-plateaus": (
            "CKA has a plateau over the hidden layers, in each network.",
            *q.each_net(q.plateau, "cka", above=PLATEAU),
        ),
        "cka-flatter": (
            "CKA differs less between layers than SVCCA, in each network.",
            *q.each_net(
                lambda n: q.range_over_layers(n, "svcca") - q.range_over_layers(n, "cka"),
                above=VISIBLE,
            ),
        ),
    },
)

_DIMENSIONS = declare(
    "6.1",
    "contrast#fig-dimensions",
    {
        "dimension-interior": (
            "The intrinsic dimension of VGG16_BN is clearly highest in intermediate layers.",
            Rule(q.peak_inside(VGG16, "cka"), above=_CLEARLY),
        ),
        "dimension-not-nbs": (
            "NBS of VGG16_BN is lowest where the intrinsic dimension is far from its maximum.",
            Rule(q.dimension_at_lowest(VGG16, "nbs"), below=_HALF),
        ),
    },
)


def _from_cosine(metric: str) -> Quantity:
    """How far a metric of the outputs of VGG16_BN is from their cosine, in the end."""
    cosine, of_metric = (q.of_layer(VGG16, name, OUT) for name in ("cosine", metric))
    words = f"distance between {cosine.words} and {of_metric.words}"
    return together(words, lambda t: (t.iloc[:, 0] - t.iloc[:, 1]).abs(), cosine, of_metric)


_OUTPUTS = declare(
    "6.2",
    "accuracy",
    {
        "cosine-no-stack": (
            "In the sparser networks of VGG16_BN, the cosine of the outputs changes more than CKA.",
            Rule(
                q.range_over_iterations(VGG16, "cosine", OUT, STACKED)
                - q.range_over_iterations(VGG16, "cka", OUT, STACKED),
                above=0,
            ),
        ),
        "cosine-starts-high": (
            "The cosine of the outputs of VGG16_BN starts {bound}.",
            Rule(q.of_layer(VGG16, "cosine", OUT, START), above=0.9),
        ),
        "cosine-sinks": (
            "The cosine of the outputs of VGG16_BN sinks as pruning goes on.",
            Rule(q.fall(VGG16, "cosine", OUT), above=VISIBLE),
        ),
        "cosine-sinks-to": (
            "The lowest cosine of the outputs of VGG16_BN lies {bound}.",
            Rule(q.lowest(VGG16, "cosine", OUT, ALWAYS), above=0.75, below=0.85),
        ),
        "nbs-outputs": (
            "NBS of the outputs of VGG16_BN stays {bound} in all iterations.",
            Rule(q.lowest(VGG16, "nbs", OUT, ALWAYS), above=0.9),
        ),
        "cosine-like-cka": (
            "In the end, the cosine of VGG16_BN's outputs is nearer to CKA than to other metrics.",
            *(
                Rule(_from_cosine(metric) - _from_cosine("cka"), above=0)
                for metric in (*CCA, "nbs")
            ),
        ),
    },
)

_CONCLUSIONS = declare(
    "7",
    VGG16,
    {
        "cca-agree": (
            f"{CCA_TITLES} give similar results in each network.",
            *q.each_net(q.alike, *CCA, above=CLEAR),
        ),
        "nbs-agrees": (
            f"NBS orders the layers much as {CCA_TITLES} do, in each network.",
            *(rule for metric in CCA for rule in q.each_net(q.alike, "nbs", metric, above=CLEAR)),
        ),
        "nbs-smaller-scale": (
            f"NBS differs much less between layers than {CCA_TITLES}, in each network.",
            *_than_cca(
                lambda n, metric: q.range_over_layers(n, metric) - q.range_over_layers(n, "nbs")
            ),
        ),
        **{
            f"departure-{metric}": (
                f"{METRICS[metric]} falls as more connections are removed, in each network.",
                *q.each_net(q.trend, metric, below=-CLEAR),
            )
            for metric in PAPER_METRICS
        },
        "cka-depth": (
            "CKA falls from the first layers towards the output, in each network.",
            *q.each_net(q.depth_trend, "cka", below=-CLEAR),
        ),
        "cka-bound": (
            "CKA stays {bound} in all layers and iterations of each network.",
            *q.each_net(q.lowest, "cka", EVERY, ALWAYS, above=0.75),
        ),
    },
)

DISCUSSION = (*_TOOLS, *_TAKEAWAYS, *_DIMENSIONS, *_OUTPUTS, *_CONCLUSIONS)
