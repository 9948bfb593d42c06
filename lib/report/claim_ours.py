"""What we add to the claims of the paper: controls, nulls, and another reshape."""

from __future__ import annotations

from .claim_layers import FOUR, SVHN
from .claim_quantities import above_null, alike, mean
from .claim_rules import every_net, rule, unpaired
from .claim_runs import FIRST, HIDDEN
from .claim_verdicts import Rule, declare
from .names import METRICS, NETWORKS

PRUNED = "in pruned networks"


def _controls(metric: str) -> dict[str, tuple[str, Rule]]:
    name, pruned = METRICS[metric], mean(SVHN, metric).of(PRUNED)

    def control(suffix: str, words: str):
        return mean(f"{SVHN}_{suffix}", metric).of(words)

    return {
        f"independent-{metric}": (
            f"By {name}, a pruned network is closer to its complete one than networks of other "
            "seeds are to each other.",
            unpaired(pruned, control("independent", "between seeds"), above=0),
        ),
        f"untrained-{metric}": (
            f"By {name}, a pruned network is closer to its complete one than an untrained one is.",
            unpaired(pruned, control("untrained", "in untrained networks"), above=0),
        ),
        f"trained-on-{metric}": (
            f"By {name}, training on without pruning changes a network less than pruning does.",
            rule(control("trained_on", "in networks only trained on") - pruned, above=0),
        ),
        f"random-masks-{metric}": (
            f"By {name}, random masks of the same densities change a network more.",
            rule(pruned - control("random_masks", "in networks with random masks"), above=0),
        ),
    }


CONTROLS = declare(
    "",
    "",
    "controls",
    {key: claim for metric in FOUR for key, claim in _controls(metric).items()},
)

NULLS = declare(
    "",
    "",
    "vgg16_bn",
    {
        **{
            f"first-above-null-{metric}": (
                f"{METRICS[metric]} of the first layer exceeds what mismatched images give.",
                rule(every_net(above_null, metric, FIRST), above=0),
            )
            for metric in FOUR
        },
        **{
            f"all-above-null-{metric}": (
                f"{METRICS[metric]} of every hidden layer exceeds what mismatched images give.",
                rule(every_net(above_null, metric, HIDDEN), above=0),
            )
            for metric in FOUR
        },
    },
)


def _reshapes(network: str) -> dict[str, tuple[str, Rule]]:
    return {
        f"{network}-channels-{metric}": (
            f"With channels as columns, {METRICS[metric]} of {NETWORKS[network]} orders the layers "
            "more as SVCCA does.",
            rule(
                alike(network, "svcca", metric, "channels") - alike(network, "svcca", metric),
                above=0,
            ),
        )
        for metric in ("cka", "nbs")
    }


def _page(network: str) -> str:
    return f"reshapes#fig-reshapes-{network.replace('_', '-')}"


RESHAPES = tuple(
    claim for network in NETWORKS for claim in declare("", "", _page(network), _reshapes(network))
)

OURS = (*CONTROLS, *NULLS, *RESHAPES)
