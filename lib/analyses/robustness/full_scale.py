"""Networks of the paper's own recipe beside those that were trained to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ...book import claims
from ...book.claims import equal, readings
from ...book.claims.engine import NOT_MEASURED
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.figure import LayerFigure
from ...book.report.format import percent
from ...book.report.names import METRICS, title
from ...book.report.results import Results
from ...book.report.statistics import Interval, interval
from ..each_network import directions
from ..main_paper.claims import OUR_CONTROLS, PAPER_CLAIMS

BY_RECIPE, TO_THE_END = "paper's recipe", "trained to the end"
"""The two studies, as heads of columns."""

_ALONE = "_trained_as_long"
"""The end of the name of a network that was trained as long as a pruned one, never pruned."""

_FAR = {
    "pruned": ("", "at the end of pruning"),
    "alone": (_ALONE, "after training as long without pruning"),
}
"""Part of a key -> the end of a network's name, and when its similarity is taken."""


def in_both(full: Results, study: Results) -> list[str]:
    """The networks of the paper's recipe that were trained to the end as well."""
    return [name for name in full.experiments if name in study]


def mean_similarity(study: Results, experiment: str, network: str, metric: str) -> pd.Series:
    """Similarity at the end, mean over the hidden layers.

    Args:
        experiment: whose networks are compared with their complete ones.
        network: the paper's, whose layers they have.

    Returns:
        Index train_seed; no rows where the experiment was not run.
    """
    if experiment not in study:
        return pd.Series(dtype=float)
    by_layer = values.by_run(study, experiment, metric)[values.hidden(study, network)]
    return by_layer.mean(axis="columns").groupby(values.NETWORK).mean()


def beyond_training_by_svcca(study: Results, network: str) -> Interval:
    """Similarity at the end of pruning, minus that after training alone."""
    last = int(values.remaining(study, network).index[-1])
    return equal.similarity(study, network, "svcca", last, minus="trained_as_long")


_BEYOND_TRAINING = {
    "training": ("SVCCA of {}", "svcca", beyond_training_by_svcca),
    "directions": (
        "mean CCA of {} with lost directions as 0",
        "mean_cca",
        directions.beyond_training,
    ),
}
"""Part of a key -> of what networks, by which metric, and its difference from training alone."""


def adds_to_training(full: Results, study: Results) -> Iterator[Decided]:
    """Whether pruning moves networks further than training alone, by the recipe and elsewhere.

    By SVCCA, and by mean CCA where a direction that was lost counts as 0. The margin is
    that of networks trained to the end, since no others were trained independently of
    each other.
    """
    for part, (words, metric, difference) in _BEYOND_TRAINING.items():
        for name in in_both(full, study):
            margin = equal.margin(study, name, metric)
            about = f"{words.format(full.network(name))} at the end of pruning, minus that after"
            for place, where in (("full", full), ("elsewhere", study)):
                key = f"full-scale-{part}-{name.replace('_', '-')}-{place}"
                regime = BY_RECIPE if where is full else TO_THE_END
                beyond = difference(where, name)
                verdict = equal.verdict(beyond, margin)
                yield compared(key, f"{about} training alone, {regime}", beyond, verdict)


def decided_distances(full: Results, study: Results) -> Iterator[Decided]:
    """How pruning, and training alone, leave the similarities of the recipe beside elsewhere.

    The interval is that of the difference of two means (Welch), over complete networks.
    """
    for name in in_both(full, study):
        for part, (end, when) in _FAR.items():
            by_recipe, elsewhere = (
                mean_similarity(where, f"{name}{end}", name, "svcca") for where in (full, study)
            )
            apart = interval(by_recipe, elsewhere)
            words = f"SVCCA of {full.network(name)} {when}: {BY_RECIPE} minus {TO_THE_END}"
            key = f"full-scale-{part}-{name.replace('_', '-')}"
            yield compared(key, words, apart, apart.side)


def similarity_table(scales: Mapping[str, Results], full: Results) -> pd.DataFrame:
    """Similarity of the hidden layers at the end, after pruning and after training alone.

    Args:
        scales: {words: results}.
        full: the networks by the paper's recipe.

    Returns:
        A row for each of these networks, metric and scale that was measured; cells are
        texts.
    """
    rows = {}
    for name in full.experiments:
        for metric in ("svcca", "cka"):
            for scale, study in scales.items():
                pruned = mean_similarity(study, name, name, metric)
                alone = mean_similarity(study, f"{name}{_ALONE}", name, metric)
                if len(pruned):
                    rows[f"{full.network(name)}, {METRICS[metric]}, {scale}"] = {
                        "Pruned": interval(pruned).within(0, 1).text(),
                        "Trained as long": interval(alone).within(0, 1).text(),
                        "Networks": str(len(pruned)),
                    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def lost_directions(scales: Mapping[str, Results]) -> pd.DataFrame:
    """Mean CCA of pruned networks minus that after training alone, in two readings.

    Args:
        scales: {words: results}.

    Returns:
        A row for each network and scale with a control; cells are texts, and
        differences have intervals over complete networks.
    """
    rows = {}
    for scale, study in scales.items():
        for name in study.experiments:
            alone = f"{name}{_ALONE}"
            if alone in study:
                left = directions.by_network(study, name, "value")
                usual = left - directions.by_network(study, alone, "value")
                rows[f"{study.network(name)}, {scale}"] = {
                    "Directions left, pruned": percent(directions.share_kept(study, name), 0),
                    "Left, trained as long": percent(directions.share_kept(study, alone), 0),
                    "Mean CCA": interval(usual.mean(axis="columns")).text(sign=True),
                    "Lost ones as 0": directions.beyond_training(study, name).text(sign=True),
                    "Networks": str(len(left)),
                }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def draw_layers(figure: LayerFigure, full: Results, experiment: str, metric: str) -> None:
    """A metric over the layers, in a panel: a line for each iteration, and the null."""
    order = values.layers(full, experiment)
    axes = figure.panel(title(METRICS, metric), order=order)
    remaining = values.remaining(full, experiment)
    figure.draw_iterations(axes, values.curves(full, experiment, metric), remaining)
    figure.draw_null(axes, values.null(full, experiment, metric))


def claims_at_both(full: Results, study: Results) -> pd.DataFrame:
    """The claims that could be measured in both, as `readings.decide_again` returns them."""
    by_recipe = readings.SensitivityAnalysis(
        BY_RECIPE, "the networks by the paper's recipe", lambda _: full
    )
    evaluated = claims.evaluate(study, (*PAPER_CLAIMS, *OUR_CONTROLS))
    pairs = readings.decide_again(study, evaluated, [by_recipe])
    return pairs[(pairs.declared != NOT_MEASURED) & (pairs.verdict != NOT_MEASURED)]


def claim_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """What was measured of each claim in both, as texts.

    Args:
        pairs: as `claims_at_both` returns them.
    """
    table = pd.DataFrame(
        {
            "Claim": pairs.claim,
            "Asked for": pairs.bound,
            "Paper's recipe": pairs.measured_so + ": " + pairs.verdict.map(readings.CELLS),
            "Trained to the end": pairs.measured + ": " + pairs.declared.map(readings.CELLS),
        }
    )
    return table.set_index("Claim")
