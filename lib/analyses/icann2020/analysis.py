"""Where gradual pruning ends: the numbers, the figures and the other readings of the page."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ...book.claims.readings import SensitivityAnalysis
from ...book.report.figure import PanelFigure
from ...book.report.format import spread
from ...book.report.results import Results
from ...book.report.style import INK, NETWORK_LINES, OTHER_INKS
from .claims import RADIUS, SHOWN_TITLES
from .tables import LANDSCAPE, POTENTIALS

COMPLETE = "complete network"
REMOVALS = {
    "": "pruned gradually",
    "_one_shot": "pruned at once",
    "_one_shot_long": "pruned at once, trained as long",
}
"""suffix of the experiment -> how the weights are removed; all ways end at the same sparsity."""

KIND = ["Network", "How"]
"""Tells the kinds of networks apart, in all tables of the page."""

KIND_LINES = {
    COMPLETE: NETWORK_LINES["complete"] | {"marker": "o"},
    REMOVALS[""]: NETWORK_LINES["pruned"] | {"marker": "D"},
    REMOVALS["_one_shot"]: {"color": OTHER_INKS[0], "marker": "^"},
    REMOVALS["_one_shot_long"]: {"color": OTHER_INKS[1], "marker": "s", "linestyle": "--"},
}
"""kind -> how its lines are drawn."""

RELU_LAYER = "layer of ReLUs"


def retrainings(study: Results) -> pd.DataFrame:
    """Epochs of one re-training beside those of the whole schedule, a row for each network."""
    rows = {}
    for network, name in SHOWN_TITLES.items():
        pruned = study.of(network, "performance").query("iteration > 0")
        rows[name] = {
            "Epochs of a re-training": int(pruned.epochs.max()),
            "Epochs of the training": study.settings(network)["epochs"],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def kinds(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the complete networks and of the most pruned ones; index `KIND`."""
    by_kind = {}
    for experiment, name in SHOWN_TITLES.items():
        complete = table[(table.experiment == experiment) & (table.iteration == 0)]
        # asked again in each run of the same complete network, with the same answer
        by_kind[name, COMPLETE] = complete[complete.run_seed.isin([complete.run_seed.min()])]
        for suffix, words in REMOVALS.items():
            pruned = table[table.experiment == experiment + suffix]
            by_kind[name, words] = pruned[pruned.iteration == pruned.iteration.max()]
    return pd.concat(by_kind, names=KIND).droplevel(-1)


def mean_and_sd(rows: pd.DataFrame, column: str, digits: int) -> pd.Series:
    """Over the complete networks, each the mean over its runs, as a text for each kind."""
    networks = rows.groupby([*KIND, "train_seed"], sort=False)[column].mean()
    by_kind = networks.groupby(KIND, sort=False)
    return by_kind.agg(lambda numbers: spread(numbers.mean(), numbers.std(), digits))


def sharpness(study: Results) -> pd.DataFrame:
    """Accuracy, loss, and how sharp the minimum is, of each kind of networks."""
    performance, landscape = kinds(study.performance), kinds(study.table(LANDSCAPE))
    performance["percent"] = 100 * performance.accuracy
    around = landscape[np.isclose(landscape.radius, RADIUS)]
    eigenvalues = landscape[(landscape.quantity == "eigenvalue") & (landscape.number == 0)]
    still = landscape[(landscape.quantity == "loss") & (landscape.radius == 0)]
    return pd.DataFrame(
        {
            "Accuracy, %": mean_and_sd(performance, "percent", 1),
            "Left, %": 100 * performance.groupby(KIND, sort=False).remaining.mean(),
            "Loss": mean_and_sd(still, "value", 2),
            "Eigenvalue": mean_and_sd(eigenvalues, "value", 1),
            "Trace": mean_and_sd(landscape[landscape.quantity == "trace"], "value", 0),
            "Increase": mean_and_sd(around[around.quantity == "increase"], "value", 3),
        }
    )


def losses(study: Results) -> pd.Series:
    """The training loss along random directions, mean over directions and networks.

    Returns:
        Index network, kind, radius.
    """
    landscape = kinds(study.table(LANDSCAPE))
    return landscape[landscape.quantity == "loss"].groupby([*KIND, "radius"]).value.mean()


def potentials(study: Results) -> pd.DataFrame:
    """The table of potentials with the `information` of a layer's neurons, in millibits."""
    rows = kinds(study.table(POTENTIALS))
    return rows.assign(information=1000 * (rows.mixed - rows.entropy))


def by_relu_layer(study: Results) -> pd.DataFrame:
    """Means over neurons and networks in each layer of ReLUs.

    Those after the sum of a residual block count as a network of their own: a line
    through them and the convolutions between them would zigzag.

    Returns:
        Index network, kind, `depth`; columns `entropy`, in bits, and `information`, in
        millibits.
    """
    rows = potentials(study).reset_index()
    sums = rows.layer.str.startswith("add")
    has_sums = sums.groupby(rows.Network).transform("any")
    part = sums.map({True: ", after sums", False: ", all other layers"}).where(has_sums, "")
    rows = rows.assign(Network=rows.Network.astype(str) + part)
    return rows.groupby([*KIND, "depth"])[["entropy", "information"]].mean()


def entropies(study: Results) -> pd.DataFrame:
    """PSP-entropy, its null, and the information about the class, means over all neurons."""
    run = [*KIND, "train_seed", "run_seed"]
    rows = potentials(study).reset_index().fillna({"run_seed": 0})
    columns = ["entropy", "mixed", "information"]
    # every neuron counts alike, so a layer counts as often as it has neurons
    weighted = rows[columns].mul(rows.neurons, axis=0).assign(neurons=rows.neurons)
    sums = weighted.groupby([rows[name] for name in run], sort=False).sum()
    neurons = sums[columns].div(sums.neurons, axis=0).reset_index(run[2:])
    return pd.DataFrame(
        {
            "PSP-entropy, bits": mean_and_sd(neurons, "entropy", 3),
            "Null, bits": mean_and_sd(neurons, "mixed", 3),
            "Information, millibits": mean_and_sd(neurons, "information", 1),
        }
    )


def lines_by_kind(name: str, values: pd.Series, x: str, y: str) -> PanelFigure:
    """A panel for each network, and in it a line for each kind.

    Args:
        name: prefix of the ids inside, different for each figure of a page.
        values: index network, kind, and what stands on the horizontal axis.
        x, y: what the axes show.
    """
    figure = PanelFigure(name)
    for network in values.index.unique("Network"):
        axes = figure.panel(network, left=0.17)
        lines = values[network].unstack("How")
        for kind, look in KIND_LINES.items():
            axes.plot(lines.index, lines[kind], markersize=4, label=kind, **look)
        axes.axhline(0, color=INK, linewidth=0.5)
        if x == RELU_LAYER:
            axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    return figure


def by_trace(study: Results) -> Results | None:
    """The trace of the Hessian under the name of its largest eigenvalue."""
    rows = study.table(LANDSCAPE)
    traces = rows[rows.quantity == "trace"]
    if traces.empty:
        return None
    renamed = traces.assign(quantity="eigenvalue", number=0)
    kept = rows[rows.quantity != "eigenvalue"]
    return study.having(LANDSCAPE, pd.concat([kept, renamed]))


def at_radius(radius: float) -> Callable[[Results], Results | None]:
    """The increase of the loss at another distance under that of the claims."""

    def change(study: Results) -> Results | None:
        rows = study.table(LANDSCAPE)
        up = rows.quantity == "increase"
        chosen = rows[up & np.isclose(rows.radius, radius)]
        if chosen.empty:
            return None
        moved = chosen.assign(radius=RADIUS)
        return study.having(LANDSCAPE, pd.concat([rows[~up], moved]))

    return change


def layers_alike(study: Results) -> Results | None:
    """Each layer as if it had a single neuron."""
    rows = study.table(POTENTIALS)
    return None if rows.empty else study.having(POTENTIALS, rows.assign(neurons=1))


def last_layer(study: Results) -> Results | None:
    """The last layer of ReLUs alone."""
    rows = study.table(POTENTIALS)
    if rows.empty:
        return None
    last = rows.groupby("experiment").depth.transform("max")
    return study.having(POTENTIALS, rows[rows.depth == last])


READINGS = (
    SensitivityAnalysis(
        "Trace", "the trace of the Hessian takes the place of its largest eigenvalue", by_trace
    ),
    SensitivityAnalysis("Near", "the loss rises over half the distance", at_radius(RADIUS / 2)),
    SensitivityAnalysis(
        "Far", "the loss rises over four times the distance", at_radius(4 * RADIUS)
    ),
    SensitivityAnalysis(
        "Layers alike", "layers have equal weight, instead of neurons", layers_alike
    ),
    SensitivityAnalysis(
        "Last layer", "only the neurons of the last layer of ReLUs count", last_layer
    ),
)
"""Other ways to measure sharpness and entropy."""
