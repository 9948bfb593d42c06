"""What these pages alone need: what the paper says of a network, as numbers of its curves."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.report import MATRIX, NETWORK, Claims, by_network, intervals

VISIBLE = 0.05
"""A difference of similarities that can be seen: a smaller one refutes no sentence on a figure."""

CLEAR = 0.5  # the rank correlation from which on there is a trend
WEAK = 0.1  # a recovery that is still very weak, and a range that is still constant
STACKED = slice(0.17, None)  # weights left from the paper's eighth pruning on
EARLY, PEAK, LATE = slice(0.99, 0.5), slice(0.13, 0.08), slice(0.05, None)
CCA = ("svcca", "pwcca")

Run = Mapping[str, pd.DataFrame]
"""Of one complete network: metric -> its curves, index the share of the weights left, columns the
layers; `accuracy` -> gains in points; the name of another network -> the same of that."""


class Said(NamedTuple):
    """A sentence of the paper on a network, and how it is decided.

    Attributes:
        number: of a run and a metric.
        visible: a number that misses its bound by less leaves the sentence undecided.
    """

    section: str
    sentence: str
    number: Callable[[Run, str], float]
    metrics: Sequence[str] = CCA
    above: float = -np.inf
    below: float = np.inf
    unit: str = ""
    visible: float = VISIBLE
    limit: float = np.inf  # of the number, either way


def curves(similarity: pd.DataFrame, performance: pd.DataFrame) -> dict[int, Run]:
    """The curves of each complete network.

    Args:
        similarity, performance: rows of the pruned networks of one network and regime.
    """
    paper = similarity[similarity.reshape == similarity.metric.map(MATRIX)]
    left = paper.groupby("iteration").remaining.mean()
    values = by_network(paper)
    accuracy = performance.groupby(["iteration", NETWORK]).accuracy.mean().unstack()
    gains = 100 * (accuracy - accuracy.loc[0]).rename({0: 1.0} | left.to_dict())
    runs = {}
    for seed in gains:
        of_seed = values.xs(seed, level=NETWORK).droplevel(["network", "regime", "role"])
        lines = {
            metric: of_seed[metric].unstack("layer", sort=False).rename(index=left)
            for metric in MATRIX
        }
        runs[seed] = lines | {"accuracy": gains[seed]}
    return runs


def decide(claims: "OfFigures", said: Mapping[str, Said], runs: Mapping[str, dict]) -> pd.DataFrame:
    """Claims of a network's sentences.

    Args:
        runs: regime -> {seed: run}.

    Returns:
        The sentence and its section, and for each regime what is claimed: a key; those
        that the tables do not have are "".
    """
    shown = []
    for name, about in said.items():
        for metric in about.metrics:
            row = {"section": about.section, "sentence": about.sentence, "metric": metric}
            for regime, by_seed in runs.items():
                try:
                    numbers = {seed: about.number(run, metric) for seed, run in by_seed.items()}
                except KeyError:  # what it is compared with was not trained so
                    numbers = {}
                index = pd.Index(numbers, name=NETWORK)
                numbers = pd.Series(numbers.values(), index, dtype=float)
                numbers = pd.concat({(metric, regime): numbers}, names=["metric", "regime"])
                frame = intervals(numbers, -about.limit, about.limit)
                key = "-".join([name, regime, *[metric] * bool(metric)])
                if len(frame):
                    sentence = about.sentence + " ({regime})"
                    bounds = {"above": about.above, "below": about.below, "unit": about.unit}
                    claims.each(key, sentence, frame, **bounds)
                    claims.visible[key] = about.visible
                row[regime] = key if len(frame) else ""
            shown.append(row)
    return pd.DataFrame(shown)


class OfFigures(Claims):
    """Claims, of which `visible` says by how much a sentence on a figure must be missed."""

    def __init__(self, *arguments: object):
        super().__init__(*arguments)
        self.visible: dict[str, float] = {}

    def table(self, margin: float = 1) -> pd.DataFrame:
        table = super().table(margin)
        for key, least in self.visible.items():
            claim, row = self._rows[key], self._rows[key]["rows"].iloc[0]
            missed = max(claim["above"] - row.high, row.low - claim["below"])
            if table.verdict[key] == "does not hold" and missed < least:
                table.loc[key, "verdict"] = "undecided"
        return table


def ends(lines: pd.DataFrame) -> pd.Series:
    """The hidden layers after the last pruning."""
    return lines.iloc[-1].drop("out")


def rank(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's correlation."""
    return pd.Series([*first]).corr(pd.Series([*second]), method="spearman")


def u_depth(run: Run, metric: str) -> float:
    """How far the lowest hidden layer lies below the lower end of the curve."""
    line = ends(run[metric])
    return min(line.iloc[0], line.iloc[-1]) - line.min()


def lead(run: Run, metric: str, layers: Sequence[str], others: Sequence[str] = ()) -> float:
    """How far some layers fall below others, or below all others."""
    line = ends(run[metric])
    return (
        line[[*others]].min() - line[layers].min()
        if others
        else (line.drop(layers).min() - line[layers].min())
    )


def lowest(run: Run, metric: str) -> float:
    return ends(run[metric]).min()


def always(run: Run, metric: str) -> float:
    """The lowest of all layers after all prunings."""
    return run[metric].min().min()


def fall(run: Run, metric: str, layers: Sequence[str]) -> float:
    line = run[metric][layers].mean(axis=1)
    return line.iloc[0] - line.iloc[-1]


def span(run: Run, metric: str, layers: Sequence[str], times: slice = slice(None)) -> float:
    """The range over prunings, mean over layers."""
    lines = run[metric].loc[times, layers]
    return (lines.max() - lines.min()).mean()


def trend(run: Run, metric: str) -> float:
    """Rank correlation with depth."""
    line = ends(run[metric])
    return rank(range(len(line)), line)


def recovery(run: Run, metric: str, layers: Sequence[str] = ()) -> float:
    """How far the last hidden layer lies above the lowest."""
    line = ends(run[metric])
    return line.iloc[-1] - (line[layers] if layers else line).min()


def slowing(run: Run, metric: str) -> float:
    """The mean step of the second half of the prunings, relative to that of the first."""
    steps = run[metric].drop(columns="out").mean(axis=1).diff().abs()[1:].to_numpy()
    half = len(steps) // 2
    return steps[-half:].mean() / steps[:half].mean()


def two_bottoms(run: Run, metric: str) -> float:
    """How far the ridge between two bottoms, or the end, lies above the higher of them."""
    line = ends(run[metric])
    bottoms = line[SVHN[3][:-1]].min(), line[SVHN[4]].min()
    return min(line["pool3"], line[FRONT].min()) - max(bottoms)


def bowl(run: Run, metric: str) -> float:
    """How far the third block falls below the mean of the blocks on either side."""
    line = ends(run[metric])
    return min(line[SVHN[2]].mean(), line[SVHN[4]].mean()) - line[SVHN[3]].min()


def alike(run: Run, first: str, second: str) -> float:
    return rank(ends(run[first]), ends(run[second]))


def consistency(run: Run, _: str = "") -> float:
    """The mean rank correlation of two metrics over the layers."""
    return np.mean([alike(run, *pair) for pair in combinations(MATRIX, 2)])


def recalls(run: Run, metric: str) -> float:
    """The rank correlation with VGG16_BN's curve, read at the same relative depths."""
    own, other = ends(run[metric]), ends(run["vgg16_bn"][metric])
    depths = np.linspace(0, len(other) - 1, len(own))
    return rank(own, np.interp(depths, range(len(other)), other))


def beside(number: Callable[[Run, str], float], network: str, run: Run, metric: str) -> float:
    """A number minus that of another network of the same seed, which pairs them by chance."""
    return number(run, metric) - number(run[network], metric)


def gain(run: Run, _: str, times: slice, than: slice | None = None) -> float:
    """Mean gain in accuracy after some prunings, or by how much it exceeds that after others."""
    gained = run["accuracy"]
    return gained[times].mean() - (0 if than is None else gained[than].mean())


def blocks(*convolutions: int) -> dict[int, list[str]]:
    """Number of a block -> its layers."""
    return {
        block: [*(f"conv{block}_{i}" for i in range(1, many + 1)), f"pool{block}"]
        for block, many in enumerate(convolutions, start=1)
    }


VGG, SVHN = blocks(2, 2, 3, 3, 3), blocks(2, 2, 2, 1)
FRONT, BACK = [*VGG[1], *VGG[2]], [*VGG[3], *VGG[4], *VGG[5]]  # the first two are SVHN's as well
THIRD = ["pool2", "conv3", "pool3"]
SECOND_BLOCK = ["res3_1", "res3_2", "add3"]
BEFORE_IT = ["prep", "conv1", "pool1", "res1_1", "res1_2", "add1", "conv2", "pool2", "conv3"]
BEFORE_IT += ["pool3"]
POINTS = {"metrics": ("",), "unit": "points", "visible": 0}


def _accuracy(comparable: bool) -> dict[str, Said]:
    if not comparable:
        falls = lambda run, _: rank(range(len(run["accuracy"])), run["accuracy"])  # noqa: E731
        return {
            "accuracy-falls": Said(
                "5.1", "Accuracy falls as pruning goes on.", falls, ("",), below=-CLEAR,
                visible=0, limit=1,
            ),
            "accuracy-early": Said(
                "5.1", "After the first prunings it is below that of the complete network.",
                partial(gain, times=EARLY), below=0, **POINTS,
            ),
        }  # fmt: skip
    return {
        "accuracy-early": Said(
            "5.1", "After the first prunings, networks are more accurate than complete.",
            partial(gain, times=EARLY), above=0, **POINTS,
        ),
        "accuracy-peak": Said(
            "5.1", "With a tenth of the weights they are more accurate than with most.",
            partial(gain, times=PEAK, than=EARLY), above=0, **POINTS,
        ),
        "accuracy-decline": Said(
            "5.1", "After a peak at a tenth of the weights, accuracy falls.",
            partial(gain, times=PEAK, than=LATE), above=0, **POINTS,
        ),
        "accuracy-comparable": Said(
            "5.1", "No pruned network is far less accurate (by a point) than the complete one.",
            lambda run, _: run["accuracy"][1:].min(), above=-1, **POINTS,
        ),
    }  # fmt: skip


U = {
    "u": Said("6.1", "{metric} draws a “U” over the layers.", u_depth, (*CCA, "nbs"), above=VISIBLE)
}
SAID = {
    "vgg16_bn": _accuracy(comparable=True) | {
        "bottom": Said(
            "5.2", "The bottom of {metric} lies around the third block.",
            partial(lead, layers=["pool2", *VGG[3], "conv4_1"]), above=0,
        ),
        "bottom-depth": Said(
            "5.2", "The bottom of {metric} lies between 0.3 and 0.4.", lowest, above=0.3, below=0.4
        ),
        "near-output": Said(
            "5.2", "{metric} falls less, pruning by pruning, in block 5 than in block 3.",
            lambda run, metric: fall(run, metric, VGG[3]) - fall(run, metric, VGG[5]), above=0,
        ),
        "output": Said(
            "5.2", "{metric} of the outputs stays above 0.9.",
            lambda run, metric: run[metric].out.min(), above=0.9,
        ),
        "bound": Said("5.2", "CKA never falls below 0.75.", always, ("cka",), above=0.75),
        "depth": Said(
            "5.2", "CKA falls towards the output.", trend, ("cka",), below=-CLEAR, visible=0,
            limit=1,
        ),
        "packed": Said(
            "5.2", "CKA of blocks 1 and 2 falls with pruning, but only slightly.",
            partial(fall, layers=FRONT), ("cka",), above=0, below=VISIBLE,
        ),
        "fan": Said(
            "5.2", "CKA differs more between prunings in later blocks than in blocks 1 and 2.",
            lambda run, metric: span(run, metric, BACK) - span(run, metric, FRONT),
            ("cka",), above=0,
        ),
        "output-cka": Said(
            "5.2", "CKA finds the outputs less similar than {metric} does.",
            lambda run, metric: run[metric].out.iloc[-1] - run["cka"].out.iloc[-1], above=0,
        ),
        "scatter": Said(
            "5.2", "CKA of the outputs scatters more over the prunings than {metric}.",
            lambda run, metric: span(run, "cka", ["out"]) - span(run, metric, ["out"]), above=0,
        ),
        "output-lowest": Said(
            "5.2", "CKA of the outputs goes down to about 0.77.",
            lambda run, metric: run[metric].out.min(), ("cka",), above=0.72, below=0.82,
        ),
        "stacks": Said(
            "5.2", "With few weights left, {metric} of the outputs hardly changes.",
            partial(span, layers=["out"], times=STACKED), ("cka", "nbs"), below=VISIBLE,
        ),
        "stack-cka": Said(
            "5.2", "With few weights left, CKA of the outputs lies at about 0.79.",
            lambda run, metric: run[metric].out[STACKED].mean(), ("cka",), above=0.74, below=0.84,
        ),
        "stack-nbs": Said(
            "5.2", "With few weights left, NBS of the outputs lies at about 0.9.",
            lambda run, metric: run[metric].out[STACKED].mean(), ("nbs",), above=0.85, below=0.95,
        ),
        "nbs-bound": Said("5.2", "NBS never falls below 0.7.", always, ("nbs",), above=0.7),
        "nbs-fan": Said(
            "5.2", "NBS differs more between prunings in block 3 than in blocks 1 and 2.",
            lambda run, metric: span(run, metric, VGG[3]) - span(run, metric, FRONT),
            ("nbs",), above=0,
        ),
        "nbs-bottom": Said(
            "5.2", "The bottom of NBS lies at pool3 or in the convolutions after it.",
            partial(lead, layers=["pool3", *VGG[4][:-1]]), ("nbs",), above=0,
        ),
        "nbs-depth": Said(
            "5.2", "The bottom of NBS lies between 0.7 and 0.85.", lowest, ("nbs",),
            above=0.7, below=0.85,
        ),
        "nbs-no-trend": Said(
            "5.2", "NBS falls less steadily over the layers than CKA.",
            lambda run, metric: trend(run, metric) - trend(run, "cka"), ("nbs",),
            above=0, visible=0,
        ),
        "nbs-output": Said(
            "5.2", "NBS finds the outputs more similar than CKA does.",
            lambda run, metric: run[metric].out.iloc[-1] - run["cka"].out.iloc[-1], ("nbs",),
            above=0,
        ),
        **U,
    },
    "vgg_svhn": _accuracy(comparable=False) | {
        "consistent": Said(
            "5.2", "The four metrics agree more than on VGG16_BN.",
            partial(beside, consistency, "vgg16_bn"), ("",), above=0, visible=0,
        ),
        "two-bottoms": Said(
            "5.2", "{metric} has two bottoms, in the third and in the fourth block.",
            two_bottoms, above=0,
        ),
        "no-recovery": Said(
            "5.2", "{metric} does not recover in the hidden layers.", recovery, below=VISIBLE
        ),
        "output": Said(
            "5.2", "{metric} leaps up at the output.",
            lambda run, metric: run[metric].out.iloc[-1] - ends(run[metric]).iloc[-1],
            above=VISIBLE,
        ),
        "bowl": Said("5.2", "CKA has a bowl at the third block.", bowl, ("cka",), above=0),
        "like-cka": Said(
            "5.2", "NBS looks like CKA.", partial(alike, second="cka"), ("nbs",),
            above=CLEAR, visible=0, limit=1,
        ),
        "no-bowl": Said(
            "5.2", "NBS lacks the bowl of CKA.",
            lambda run, metric: bowl(run, "cka") - bowl(run, metric), ("nbs",), above=0,
        ),
        **U,
        "bound": Said("7", "CKA never falls below 0.75.", always, ("cka",), above=0.75),
    },
    "resnet_fast": _accuracy(comparable=True) | {
        "recalls": Said(
            "5.3", "{metric} recalls VGG16_BN.", recalls, above=CLEAR, visible=0, limit=1
        ),
        "bottom": Said(
            "5.3", "The bottom of {metric} lies at the third convolution.",
            partial(lead, layers=THIRD), above=0,
        ),
        "weak-recovery": Said(
            "5.3", "{metric} hardly recovers before the output.", recovery, below=WEAK
        ),
        "higher": Said(
            "5.3", "{metric} falls less low than in VGG16_BN.",
            partial(beside, lowest, "vgg16_bn"), above=0,
        ),
        "svcca-bound": Said("5.3", "SVCCA stays above 0.4.", always, ("svcca",), above=0.4),
        "pwcca-bound": Said("5.3", "PWCCA stays above 0.45.", always, ("pwcca",), above=0.45),
        "converges": Said(
            "5.3", "{metric} changes less and less as pruning goes on.", slowing, below=1, visible=0
        ),
        **{
            f"converges-{other}": Said(
                "5.3", f"{{metric}} does so more clearly than in {title}.",
                partial(beside, slowing, other), below=0, visible=0,
            )
            for other, title in {"vgg16_bn": "VGG16_BN", "vgg_svhn": "VGG_SVHN"}.items()
        },
        "cka-bound": Said("5.3", "CKA stays at 0.9 or above.", always, ("cka",), above=0.89),
        "constant": Said(
            "5.3", "CKA is about the same in all hidden layers.",
            lambda run, metric: np.ptp(ends(run[metric])), ("cka",), below=WEAK,
        ),
        "depth": Said(
            "7", "CKA falls towards the output.", trend, ("cka",), below=-CLEAR, visible=0,
            limit=1,
        ),
        "nbs-lowest": Said(
            "5.3", "NBS reaches as low as 0.82.", always, ("nbs",), above=0.77, below=0.87
        ),
        "nbs-bottom": Said(
            "5.3", "NBS falls lower in the second residual block than before it.",
            partial(lead, layers=SECOND_BLOCK, others=BEFORE_IT), ("nbs",), above=0,
        ),
        "nbs-recovery": Said(
            "5.3", "NBS recovers slightly after the second residual block.",
            partial(recovery, layers=SECOND_BLOCK), ("nbs",), above=0,
        ),
        **U,
        **{
            f"shortcut-{number}": Said(
                "ours", f"By {{metric}}, {total} stays more similar than {before}.",
                partial(lead, layers=[before], others=[total]), ("svcca", "cka"), above=0,
            )
            for number, (total, before) in enumerate([("add1", "res1_2"), ("add3", "res3_2")], 1)
        },
    },
}  # fmt: skip
"""Network -> what the paper says of it in sections 5.1 to 5.3, and of the “U” in 6.1; mostly the
rules of the first study of these networks, which are older than the results."""


def counting_lost(mean_cca: pd.DataFrame) -> pd.Series:
    """Mean CCA with a correlation of 0 for each direction of the complete network that was lost.

    Args:
        mean_cca: rows of this metric on channels.
    """
    value, complete, left = (
        by_network(mean_cca, column) for column in ("value", "rank_x", "rank_y")
    )
    return value * left.clip(upper=complete) / complete
