"""Where the contrast between two metrics comes from: reshape, floor, training, or the metric.

The contrast is how much further from 1 one metric is than another, on average over the hidden
layers; or how much deeper its "U" over the layers is. Three things besides the metrics differ, or
are counted in: the reshape, the value that chance gives, and the training that a network gets
beside being pruned. Each can be taken out:

- reshape: the second metric is computed on the matrix of the first;
- floor: a distance 1 - s becomes (1 - s) / (1 - null), so that chance is 1;
- training: the distance that a network trained on without pruning has reached is subtracted,
  layer by layer.

What each contributes depends on what was taken out before it. The Shapley value is its mean
contribution over all orders (Shapley 1953, "A value for n-person games"): the shares then add up to
the contrast, and what is left with everything taken out is the metrics' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations

import pandas as pd
from matplotlib.figure import Figure

from .controls import measured
from .layerwise import hidden, signed
from .names import METRICS, count, enumerate_words
from .panels import Panels, legend_entry, line_swatch
from .results import PAPER_RESHAPE, Results
from .style import INK, METRIC_STYLES, page_colours, panel
from .tables import Table
from .values import u_depth

PAIRS = (("svcca", "cka"), ("pwcca", "cka"), ("svcca", "nbs"), ("pwcca", "nbs"))
"""(the metric that the paper finds low, the one that it finds high)."""

FACTORS = {
    "reshape": "the reshape",
    "floor": "the floor of chance",
    "training": "the training beside pruning",
}
"""What can be taken out -> how it is called."""

OWN = "metric"
PARTS = {"contrast": "the contrast", OWN: "the metrics themselves", **FACTORS}


@dataclass(frozen=True)
class Numbers:
    """The parts of one contrast in each run.

    Attributes:
        runs: a row for each run, columns those of `PARTS` that could be computed.
        missing: factors that could not be taken out.
    """

    runs: pd.DataFrame
    missing: tuple[str, ...]


def distances(
    results: Results, experiment: str, metric: str, reshape: str, *, floor: bool
) -> pd.DataFrame:
    """Distance from 1 of each hidden layer, after the last iteration.

    Args:
        results: a study's results.
        experiment: one of its experiments, a control included.
        metric, reshape: as they are called in the results.
        floor: divide by the distance of the null, so that chance is 1.

    Returns:
        Index (train_seed, prune_seed), columns the hidden layers in forward order, NaN where the
        metric is not defined; no rows where it was not computed.
    """
    names = hidden(results, results.settings(experiment)["base"])
    rows = results.similarity
    rows = rows[(rows.experiment == experiment) & (rows.metric == metric)]
    rows = rows[(rows.reshape == reshape) & rows.layer.isin(names)]
    rows = rows[rows.iteration == rows.iteration.max()]
    away = 1 - rows.value
    if floor:
        away = away / (1 - rows.null_mean)
    wide = rows.assign(away=away).pivot(
        index=["train_seed", "prune_seed"], columns="layer", values="away"
    )
    return wide.reindex(columns=names).dropna(how="all")


def level(away: pd.DataFrame) -> pd.Series:
    """The mean over the layers, in each run."""
    return away.mean(axis=1)


def bowl(away: pd.DataFrame) -> pd.Series:
    """How much further the furthest layer is than the further of the two ends: the "U"."""
    return u_depth(-away)


@dataclass(frozen=True)
class Quantity:
    """What of the distances of all layers is compared.

    Attributes:
        about: what it is, for the reader.
        of: the distances of some runs -> a number for each run.
    """

    about: str
    of: Callable[[pd.DataFrame], pd.Series]


QUANTITIES = {
    "level": Quantity("mean distance from 1", level),
    "bowl": Quantity('depth of the "U"', bowl),
}
"""What the contrast is about: low or high, "U" or flat."""


def contrast(
    results: Results,
    experiment: str,
    low: str,
    high: str,
    out: Iterable[str] = (),
    quantity: str = "level",
) -> pd.Series:
    """By how much `low` exceeds `high` in a quantity of their distances, in each run.

    Args:
        results: a study's results.
        experiment: one of the paper's.
        low, high: metrics.
        out: factors that are taken out, keys of `FACTORS`.
        quantity: a key of `QUANTITIES`.

    Returns:
        Index (train_seed, prune_seed); empty where something that it takes was not measured. The
        training is that of the control, layer by layer, on average over its runs.
    """
    out = set(out)
    reshapes = {low: PAPER_RESHAPE[low], high: PAPER_RESHAPE[high]}
    if "reshape" in out:
        reshapes[high] = PAPER_RESHAPE[low]
    if "training" in out and "trained_on" not in measured(results, experiment):
        return pd.Series(dtype=float)

    def of(metric: str) -> pd.Series:
        def away(name: str) -> pd.DataFrame:
            return distances(results, name, metric, reshapes[metric], floor="floor" in out)

        mine = away(experiment)
        if "training" in out:
            mine = mine - away(f"{experiment}_trained_on").mean()
        return QUANTITIES[quantity].of(mine)

    return (of(low) - of(high)).dropna()


def decomposed(
    results: Results, experiment: str, low: str, high: str, quantity: str = "level"
) -> Numbers:
    """The contrast of two metrics in its parts; a factor that was not measured is left in."""
    possible = [name for name in FACTORS if len(contrast(results, experiment, low, high, [name]))]
    missing = tuple(name for name in FACTORS if name not in possible)
    known: dict[frozenset[str], pd.Series] = {}

    def value(out: frozenset[str]) -> pd.Series:
        if out not in known:
            known[out] = contrast(results, experiment, low, high, out, quantity)
        return known[out]

    everything = frozenset(possible)
    parts = {"contrast": value(frozenset()), OWN: value(everything)}
    orders = list(permutations(possible))
    for name in possible:
        steps = []
        for order in orders:
            before = frozenset(order[: order.index(name)])
            steps.append(value(before) - value(before | {name}))
        parts[name] = sum(steps) / len(orders)
    return Numbers(pd.DataFrame(parts).dropna(), missing)


def statement(results: Results) -> str:
    """What could not be taken out, in short sentences of Markdown."""
    sentences = []
    for experiment in results.experiments:
        missing = decomposed(results, experiment, *PAIRS[0]).missing
        if missing:
            names = enumerate_words([FACTORS[name] for name in missing])
            verb = "was" if len(missing) == 1 else "were"
            sentences.append(
                f"{results.network(experiment)}: {names} {verb} not measured and could not be "
                "taken out."
            )
    if not sentences:
        return "All three could be taken out in all networks."
    return "\n".join(f"- {sentence}" for sentence in sentences)


def finding(results: Results, experiment: str, quantity: str = "level") -> str:
    """The contrast of SVCCA and CKA in its parts, in short sentences of Markdown."""
    low, high = PAIRS[0]
    network = results.network(experiment)
    frame = decomposed(results, experiment, low, high, quantity).runs
    if frame.empty:
        return f"**{network}.** Not measured here."
    means = frame.mean()
    text = (
        f"**{network}.** In {QUANTITIES[quantity].about}, {METRICS[low]} exceeds "
        f"{METRICS[high]} by {signed(means['contrast'])}. Of this, "
    )
    shares = [f"{PARTS[name]} {signed(means[name])}" for name in PARTS if name in means.index[1:]]
    return f"{text}{'; '.join(shares)}."


def texts(results: Results, experiment: str, low: str, high: str) -> dict[str, str]:
    """Each part of a contrast for a sentence: its mean over the runs, or that there is none."""
    frame = decomposed(results, experiment, low, high).runs
    return {
        part: signed(frame[part].mean()) if part in frame and len(frame) else "(not measured)"
        for part in PARTS
    }


def overview(results: Results, quantity: str = "level") -> Table:
    """The parts of all contrasts: mean over the runs, and their standard deviation."""
    rows = []
    for experiment in results.experiments:
        for low, high in PAIRS:
            found = decomposed(results, experiment, low, high, quantity)
            name = f"{results.network(experiment)}, {METRICS[low]} and {METRICS[high]}"
            cells = [_cell(found.runs[part]) if part in found.runs else "-" for part in PARTS]
            rows.append((name, *cells, str(len(found.runs))))
    header = ("Contrast between", *(_head(part) for part in PARTS), "Runs")
    return Table(header, rows, numeric=header[1:])


def _head(part: str) -> str:
    heads = {"contrast": "In all", OWN: "Metrics", "reshape": "Reshape", "floor": "Floor"}
    return heads.get(part, "Training")


def _cell(values: pd.Series) -> str:
    if len(values) < 2:
        return signed(values.mean())
    return f"{signed(values.mean())} \u00b1 {values.std():.2f}"


def figure(results: Results, quantity: str = "level") -> Panels:
    """One panel for each network: the parts of two contrasts, a dot for the mean, a bar from the
    lowest to the highest run."""
    shown = (PAIRS[0], PAIRS[2])
    found = {
        results.network(name): {
            pair: decomposed(results, name, *pair, quantity).runs for pair in shown
        }
        for name in results.experiments
    }
    ends = [
        value
        for frames in found.values()
        for frame in frames.values()
        if len(frame)
        for value in (frame.min().min(), frame.max().max())
    ]
    low, high = min([0, *ends]), max([0, *ends])
    figures = {name: _panel(name, frames, low, high, quantity) for name, frames in found.items()}
    labels = {name: _label(name, frames, quantity) for name, frames in found.items()}
    colours = page_colours()
    legend = "".join(
        legend_entry(
            f"{METRICS[pair[0]]} against {METRICS[pair[1]]}",
            line_swatch(colours[METRIC_STYLES[pair[1]]["color"]]),
        )
        for pair in shown
    )
    return Panels(f"contrast-{quantity}", figures, labels, legend, colours)


def _panel(name: str, frames: dict, low: float, high: float, quantity: str) -> Figure:
    figure, axes = panel(name, left=0.24)
    for offset, (pair, frame) in zip((-0.14, 0.14), frames.items(), strict=True):
        style = METRIC_STYLES[pair[1]]
        for row, part in enumerate(PARTS):
            if part in frame and len(frame):
                values = frame[part]
                where = [row + offset] * 2
                axes.plot([values.min(), values.max()], where, color=style["color"])
                axes.plot(values.mean(), row + offset, color=style["color"], marker=style["marker"])
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.axhline(0.5, color=INK, linewidth=0.5, alpha=0.4)
    margin = 0.06 * (high - low or 1)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(len(PARTS) - 0.5, -0.5)
    axes.set_yticks(range(len(PARTS)), [_head(part) for part in PARTS])
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"difference in {QUANTITIES[quantity].about}")
    return figure


def _label(name: str, frames: dict, quantity: str) -> str:
    sentences = [f"Difference in {QUANTITIES[quantity].about}."]
    for (low, high), frame in frames.items():
        if frame.empty:
            continue
        values = ", ".join(f"{PARTS[part]} {signed(frame[part].mean())}" for part in frame)
        sentences.append(
            f"{METRICS[low]} against {METRICS[high]}, mean of {count(len(frame), 'run')}: {values}."
        )
    return f"{name}. " + " ".join(
        sentences if len(sentences) > 1 else [*sentences, "Not measured."]
    )
