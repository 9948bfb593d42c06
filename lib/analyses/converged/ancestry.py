"""Does a metric know which complete network a pruned one comes from?"""

from collections.abc import Iterable

import pandas as pd

from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import PanelFigure
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.statistics import Interval, interval
from ...book.report.style import METRIC_STYLES
from ...book.report.values import NETWORK
from ..frames import frame_of
from ..validity.tables import DESCENT

CANDIDATES = 3
"""Complete networks, of which one is the ancestor: a guess is right in a third of the layers."""


def ancestor_found(study: Results, experiment: str, metric: str, iteration: int) -> Interval:
    """In what share of its hidden layers a pruned network is most similar to its own ancestor.

    Args:
        study: one that has the analysis `descent` of the experiment.

    Returns:
        Over complete networks, each of which is the ancestor of one pruned network.
    """
    rows = study.of(experiment, DESCENT)
    rows = rows[(rows.iteration == iteration) & (rows.metric == metric) & (rows.kind != "out")]
    rows = rows[rows.reshape == PAPER_RESHAPE[metric]]
    layers = rows.pivot_table("value", [NETWORK, "layer"], "other_seed")
    ancestors = layers.index.get_level_values(NETWORK)
    hits = pd.Series(layers.idxmax(axis=1).to_numpy() == ancestors, layers.index)
    return interval(hits.groupby(level=NETWORK).mean().to_numpy()).within(0, 1)


def ancestry(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """`ancestor_found` of each of these networks that the study has, after each pruning.

    Returns:
        Index (experiment, iteration), columns `PAPER_METRICS`, the paper's metrics.
    """
    rows = {
        (experiment, iteration): {
            metric: ancestor_found(study, experiment, metric, iteration) for metric in PAPER_METRICS
        }
        for experiment in networks
        if experiment in study
        for iteration in values.remaining(study, experiment).index
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def decided_ancestry(ancestry: pd.DataFrame) -> list[Decided]:
    """Whether each metric finds the ancestor in more layers than a guess does.

    Args:
        ancestry: as `ancestry` returns it.
    """
    decided = []
    for (experiment, iteration), row in ancestry.iterrows():
        for metric, cell in row.items():
            above = cell.minus(1 / CANDIDATES)
            key = f"ancestry-{experiment.replace('_', '-')}-{iteration}-{metric}"
            words = f"the share of layers whose ancestor {METRICS[metric]} finds, minus a guess"
            decided.append(compared(key, words, above, above.side))
    return decided


def draw_ancestry(figure: PanelFigure, study: Results, ancestry: pd.DataFrame) -> None:
    """A panel for each network, a row for each level, and a mark for each metric.

    Args:
        ancestry: as `ancestry` returns it.
    """
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in PAPER_METRICS}
    for experiment in ancestry.index.unique(level=0):
        levels = ancestry.loc[experiment].rename(columns=METRICS)
        levels.index = values.remaining(study, experiment).map(percent)
        axes = figure.panel(study.network(experiment), left=0.22)
        draw_intervals(axes, levels, looks, reference=1 / CANDIDATES)
        axes.set_xlim(0.25, 1.03)


def ancestry_as_texts(study: Results, ancestry: pd.DataFrame) -> pd.DataFrame:
    """`ancestry` as texts."""
    rows = {
        (study.network(experiment), percent(values.remaining(study, experiment)[iteration])): {
            METRICS[metric]: cell.text() for metric, cell in row.items()
        }
        for (experiment, iteration), row in ancestry.iterrows()
    }
    return frame_of(rows, "Network", "Weights left")


def decided_everywhere(ancestry: pd.DataFrame) -> list[Decided]:
    """Whether a metric finds the ancestor in every layer of each network at each level.

    A rule of afterwards.

    Args:
        ancestry: as `ancestry` returns it.
    """
    decided = []
    for metric in ancestry:
        lowest = lowest_share(ancestry, metric)
        verdict = "holds" if lowest == 1 else "does not hold"
        words = f"{METRICS[metric]} finds the ancestor in every layer of each network"
        measured = f"in {percent(lowest)} of them where it finds the fewest"
        decided.append(Decided(f"ancestry-everywhere-{metric}", words, measured, verdict))
    return decided


def lowest_share(ancestry: pd.DataFrame, metric: str) -> float:
    """The share of layers, a mean over networks, where a metric finds the fewest ancestors."""
    return min(cell.mean for cell in ancestry[metric])
