"""What became of the rules: which changed after the first study, why, and what they said then.

The rules of this folder were written before the networks that they decide were trained. Those of
the first published study were older, and some of them were unfair. So nobody has to trust that a
rule changed for its own sake: the old one stands here, with its verdict on the old networks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..report import format
from ..report.tables import Table
from .engine import Outcome

DATE = "2026-11-21"
"""When the rules below changed, before any result of the networks that they now decide was read."""

FIRST = pd.read_csv(Path(__file__).with_name("first.csv"), index_col="key")
"""What the rules of then said of the first study: index key; columns `verdict`, `mean`, `low`,
`high`, `runs`. Every run counted as independent of the others."""

METRICS = ("svcca", "pwcca", "cka", "nbs")
NETWORKS = ("vgg16_bn", "vgg_svhn", "resnet_fast")


@dataclass(frozen=True)
class Change:
    """A rule that was another one.

    Attributes:
        keys: of the claims that it decided.
        was: the rule.
        why: what was wrong with it.
    """

    keys: tuple[str, ...]
    was: str
    why: str


CHANGES = (
    Change(
        ("vgg16_bn-accuracy-early", "resnet_fast-accuracy-early"),
        "the same, under the words that pruning makes the network more accurate",
        "The paper says no more than that pruned networks outperform the complete one. Whether "
        "pruning is the reason only a control can tell: a claim of ours stands beside it.",
    ),
    Change(
        (
            *("vgg16_bn-cca-bottom", "vgg16_bn-cca-near-output", "vgg16_bn-cca-output"),
            *("vgg16_bn-cka-output", "vgg_svhn-cca-two-bottoms", "vgg_svhn-cca-no-recovery"),
            *("vgg_svhn-cca-output", "resnet_fast-cca-bottom", "resnet_fast-cca-weak-recovery"),
        ),
        "the smaller of SVCCA and PWCCA in each run, or the larger where it had to be low",
        "The smaller of two numbers lies below the mean of either. Now each has a rule.",
    ),
    Change(
        ("vgg16_bn-cca-depth",),
        "the smaller of the lowest SVCCA and PWCCA, between 0.3 and 0.4",
        "With a bound on both sides, the larger of the two could lie anywhere above it.",
    ),
    Change(
        ("resnet_fast-cca-higher",),
        "the smaller of the two in ResNet_fast, minus the larger of the two in VGG16_BN",
        "It compared SVCCA of the one network with PWCCA of the other. Now like is compared with "
        "like.",
    ),
    Change(
        ("resnet_fast-cca-converges",),
        "mean step in the first half of the iterations, minus that in the second, above 0",
        "The ratio of the two has the same sign, and can be compared with that of networks that "
        "fall further.",
    ),
    Change(
        ("resnet_fast-nbs-bottom", "resnet_fast-nbs-recovery"),
        "lowest NBS of all other hidden layers, or NBS of the last one, minus the lowest",
        "In the first study both were the same number. Now one is about the layers before the "
        "block, the other about the layer after it.",
    ),
    Change(
        ("nbs-later-vgg16_bn", "nbs-later-resnet_fast"),
        "later than SVCCA alone",
        "The paper speaks of both metrics that rest on CCA.",
    ),
    Change(
        (
            *("nbs-higher", "cka-flatter", "cca-agree", "cka-bound"),
            *(f"departure-{metric}" for metric in METRICS),
            *(f"{part}-above-null-{metric}" for part in ("first", "all") for metric in METRICS),
        ),
        "the smallest, or the largest, over the three networks, with runs paired by their seeds",
        "Runs of different networks have nothing in common but a number. Now each network has a "
        "rule.",
    ),
    Change(
        ("dimension-interior",),
        "highest dimension of all hidden layers of the pruned network but the first and the last, "
        "minus that of these two, above 0",
        "With sixteen layers against two it could hardly fail. Now it is the middle half against "
        "the other half, by a tenth at least, in the complete network.",
    ),
    Change(
        ("dimension-not-nbs",),
        "layers from the bottom of NBS to the highest dimension, minus those from that of SVCCA",
        "It was the same number as that of the claim that NBS has its bottom later, and knew "
        "nothing of the dimension there.",
    ),
    Change(
        ("cosine-like-cka",),
        "the smallest of three distances in each run, minus the distance to CKA",
        "The smallest of three noisy numbers is too small on average. Now each has a rule.",
    ),
    Change(
        tuple(f"vgg_svhn-trained-on-{metric}" for metric in METRICS),
        "level after the last iteration, runs of one complete network paired by their seeds",
        "What pruning adds is a fall, and the companion of the paper's claim on departure. Now it "
        "is paired within complete networks, for all three architectures.",
    ),
    Change(
        tuple(f"{name}-contrast-training" for name in NETWORKS),
        "minus the mean of the control over its runs",
        "That left out how much controls differ. Now each network has its own.",
    ),
    Change(
        tuple(f"{name}-independent-{metric}" for name in NETWORKS for metric in METRICS),
        "Welch's interval, with pairs of networks as observations",
        "Three pairs of three networks are not independent of each other, nor of the pruned ones.",
    ),
)

WHEN = (
    (
        "The paper's claims; controls, nulls, reshapes",
        "2026-11-20 13:16, e3c5ab7",
        "before the first run of any network",
    ),
    (
        "Contrast",
        "2026-11-20 14:59, b425098",
        "after 9f8d7c7, at which the first runs of VGG_SVHN were computed",
    ),
    (
        "Companion papers",
        "2026-11-20 18:13, a2e4e50",
        "before their networks, but after the pruning runs of VGG_SVHN, which WACV 2020 shares",
    ),
    (
        "ICANN 2020: information about the class",
        "2026-11-20 23:45, 68a9cba",
        "after 20 of the 60 jobs of that chapter",
    ),
    (
        "Rules that changed or were new on this page",
        DATE,
        "after the first study, whose verdicts stand above; the networks that they decide were "
        "being trained, and none of their results had been read",
    ),
)
"""(rules, when they were committed and as what, what had been run by then)."""


def changed(
    outcomes: Iterable[Outcome],
    changes: Iterable[Change] = CHANGES,
    first: pd.DataFrame = FIRST,
) -> Table:
    """The claims whose rule is another one than in the first study, or whose verdict is.

    Args:
        outcomes: of today.
        changes: of their rules.
        first: the verdicts of then, with the columns of `FIRST`.
    """
    by_key = {key: change for change in changes for key in change.keys}
    rows = []
    for outcome in outcomes:
        key, change = outcome.claim.key, by_key.get(outcome.claim.key)
        if key not in first.index:
            before, why, then = "-", f"New on {DATE}.", "-"
        else:
            found = first.loc[key]
            then = format.interval(found["mean"], found.low, found.high, digits=3)
            then = f"{then}, {format.count(found.runs, 'run')}: {found.verdict}"
            before = "the same"
            why = "The same rule on other networks; and complete networks count now, not runs."
            if change:
                before, why = change.was, change.why
            elif found.verdict == outcome.verdict:
                continue
        now = f"{outcome.measured}: {outcome.nearest.said}"
        rows.append((outcome.claim.statement, before, why, then, now))
    header = ("Claim", f"Rule before {DATE}", "Why", "In the first study", "Now")
    return Table(header, rows, cards=True, nothing="No rule and no verdict has changed.")
