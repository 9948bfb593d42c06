"""Pruned networks beside each control: the lines of the figures, means, shares and accuracies."""

from collections.abc import Callable

import pandas as pd

from ...book.claims.runs import estimate, of_pairs
from ...book.claims.vocabulary import PAPER_METRICS, mean
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import ABSENT, LayerFigure, PanelFigure
from ...book.report.format import Table, percent, spread
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results
from ...book.report.style import INK, METRIC_STYLES, NETWORK_LINES
from ..frames import frame_of
from .claims import beside_both, descent
from .ratio import ratio

PRUNED, INDEPENDENTLY = "pruned, last iteration", "another complete network, trained independently"
LINES = {
    PRUNED: ("{}", "pruned", NETWORK_LINES["pruned"] | {"zorder": 3}),
    "trained as long, never pruned": ("{}_trained_as_long", "on", NETWORK_LINES["trained_as_long"]),
    "random masks, as sparse in each layer": (
        *("{}_random_masks", "random"),
        NETWORK_LINES["random_masks"],
    ),
    INDEPENDENTLY: ("{}_independent", "indep", NETWORK_LINES["independent"]),
    "a network that was never trained": ("{}_untrained", "untr", NETWORK_LINES["untrained"]),
}
"""Line of a figure -> experiment that it comes from, head of its column, how it is drawn."""

_SHORT = {
    "trained as long, never pruned": "trained as long",
    "random masks, as sparse in each layer": "random masks",
    INDEPENDENTLY: "independent",
}
"""Lines of networks that were trained -> their names where there is little room."""

NO_HIGHER = "no higher than shuffled images get in some layer"
_OPEN = {"linestyle": "None", "marker": "o", "markerfacecolor": "white", "color": INK}
IMAGES_SHUFFLED = "null: the images shuffled"
MANY = "Pruned or complete networks"


def lines_of(study: Results, network: str) -> dict[str, str]:
    """{line: its experiment}"""
    experiments = {line: name.format(network) for line, (name, *_) in LINES.items()}
    return {line: name for line, name in experiments.items() if name in study}


def lines_measured(study: Results) -> pd.DataFrame:
    """Which lines were measured for which network: texts."""
    rows = {}
    for network in study.experiments:
        known = lines_of(study, network)
        rows[study.network(network)] = {line: "yes" if line in known else "-" for line in LINES}
    return pd.DataFrame(rows).rename_axis("Compared with")


def draw(study: Results, network: str) -> LayerFigure:
    """A panel for each metric, a line for each control; open circles are no higher than chance."""
    figure = LayerFigure(f"controls-{network}", values.layers(study, network))
    for metric in PAPER_METRICS:
        axes = figure.panel(METRICS[metric])
        null = values.null(study, network, metric)
        figure.draw_null(axes, null, "null of the pruned, \u00b1 2 sd")
        for line, experiment in lines_of(study, network).items():
            means = values.by_run(study, experiment, metric).mean()
            figure.draw(axes, means, line, **LINES[line][2])
            # the same for all layers of a run
            highest = values.by_run(study, experiment, metric, column="null_max").mean().max()
            figure.draw(axes, means.where(means <= highest), NO_HIGHER, **_OPEN)
    return figure


def over_hidden_layers(study: Results, network: str) -> pd.Series:
    """Mean over the hidden layers after the last iteration: index (line, metric, run)."""
    sources = {line: (name, "value") for line, name in lines_of(study, network).items()}
    sources[IMAGES_SHUFFLED] = (network, "null_mean")
    hidden = values.hidden(study, network)
    parts = {}
    for line, (experiment, column) in sources.items():
        for metric in PAPER_METRICS:
            runs = values.by_run(study, experiment, metric, column=column)
            parts[line, metric] = runs[hidden].mean(axis=1)
    return pd.concat(parts, names=["line", "metric"])


def means(study: Results, network: str) -> Table:
    """Means over the hidden layers, and their standard deviation over the runs."""
    by_line = over_hidden_layers(study, network).groupby(level=["line", "metric"])
    summary = by_line.agg(["mean", "std", "count"])
    cells = {}
    for metric in PAPER_METRICS:
        rows = summary.xs(metric, level="metric")
        texts = [spread(row["mean"], row["std"]) for _, row in rows.iterrows()]
        cells[METRICS[metric]] = pd.Series(texts, index=rows.index)
    runs = summary["count"].groupby(level="line").max().astype(str)
    table = pd.DataFrame(cells | {"Runs": runs}).reindex([*LINES, IMAGES_SHUFFLED])
    table = table.fillna({"Runs": "not measured here"}).fillna("-")
    return Table.of(table.rename_axis("Compared with"))


def pruned_minus_controls(study: Results, network: str) -> pd.DataFrame:
    """Pruned networks minus each control, within complete networks.

    Returns:
        Index the control's line, a column for each of four metrics; cells are an
        `Interval`.
    """
    rows = {}
    for line, experiment in lines_of(study, network).items():
        if line != PRUNED:
            rows[line] = {
                METRICS[metric]: estimate(
                    (mean(network, metric) - mean(experiment, metric)).numbers, study
                )
                for metric in PAPER_METRICS
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Pruned, minus")


def differences(study: Results, network: str) -> Table:
    """`pruned_minus_controls` in numbers."""
    intervals = pruned_minus_controls(study, network)
    table = intervals.map(lambda difference: difference.text(sign=True))
    if len(intervals):
        table["Networks"] = intervals.map(lambda difference: difference.n).min(axis=1).astype(str)
    return Table.of(table, cards=True, nothing="No control was measured here.")


def draw_differences(study: Results) -> PanelFigure:
    """`pruned_minus_controls` of trained controls as marks, a panel for each network."""
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in PAPER_METRICS}
    figure = PanelFigure("control-differences")
    for network in study.experiments:
        intervals = pruned_minus_controls(study, network)
        intervals = intervals[intervals.index.isin(list(_SHORT))].rename(index=_SHORT)
        if len(intervals):
            axes = figure.panel(study.network(network), left=0.3)
            draw_intervals(axes, intervals, looks)
            axes.set_xlabel("pruned minus control")
    return figure


def _above_null(study: Results, experiment: str, metric: str) -> pd.Series:
    """How far the mean over the hidden layers is above its null: index run."""
    value = values.by_run(study, experiment, metric)
    null = values.by_run(study, experiment, metric, column="null_mean")
    return (value - null)[values.hidden(study, experiment)].mean(axis=1)


def shares(study: Results, network: str) -> Table:
    """How far each line is on the way from the null to independent networks."""
    lines = lines_of(study, network)
    if INDEPENDENTLY not in lines:
        return Table.of(pd.DataFrame(), nothing="No independent networks were compared here.")
    cells = {}
    for metric in PAPER_METRICS:
        # numbers of pairs that share networks, as one number for each network
        ceiling = of_pairs(_above_null(study, lines[INDEPENDENTLY], metric))
        column = {}
        for line, experiment in lines.items():
            if line != INDEPENDENTLY:
                above_null = _above_null(study, experiment, metric).groupby("train_seed").mean()
                column[line] = ratio(above_null, ceiling.reindex(above_null.index)).text()
        cells[METRICS[metric]] = column
    return Table.of(pd.DataFrame(cells).rename_axis("Share of the way"), cards=True)


def accuracies(study: Results, network: str) -> Table:
    """The accuracy of the networks of each line."""
    rows = {}
    for line, experiment in {"complete networks": network, **lines_of(study, network)}.items():
        networks = study.of(experiment, "performance")
        complete = (networks.iteration == 0) & networks.run_seed.isna()
        if line in ("complete networks", INDEPENDENTLY):
            networks = networks[complete]
        else:
            networks = networks[~complete & (networks.iteration == networks.iteration.max())]
        accuracy = 100 * networks.accuracy
        rows[line] = {
            "Weights left": percent(networks.remaining.mean()),
            "Test accuracy": spread(accuracy.mean(), accuracy.std(), 1) + " %",
            MANY: str(len(networks)),
        }
    table = pd.DataFrame(rows).T.reindex(["complete networks", *LINES])
    table = table.fillna({MANY: "not measured here"}).fillna("-")
    if table.loc[INDEPENDENTLY].equals(table.loc["complete networks"]):
        table = table.drop(INDEPENDENTLY)
    table = table.rename({INDEPENDENTLY: "complete networks of all train seeds"})
    return Table.of(table.rename_axis("Network"))


def every_layer(study: Results, network: str, metric: str) -> pd.DataFrame:
    """Each layer by one metric, a column for each line."""
    lines = {
        LINES[line][1]: values.by_run(study, experiment, metric).mean()
        for line, experiment in lines_of(study, network).items()
    }
    lines["null"] = values.null(study, network, metric)["mean"]
    return pd.DataFrame(lines).reset_index()


def of_all_networks(study: Results, table: Callable[[Results, str], Table]) -> Table:
    """The tables of all networks as one, the network in front of each row.

    Args:
        table: what makes the table of one network; those without rows are left out.
    """
    tables = {study.network(network): table(study, network) for network in study.experiments}
    tables = {title: each for title, each in tables.items() if each.rows}
    rows = [(title, *row) for title, each in tables.items() for row in each.rows]
    header = next(("Network", *each.header) for each in tables.values()) if tables else ()
    return Table(header, rows, cards=True, nothing=ABSENT)


def all_layers(study: Results) -> pd.DataFrame:
    """Each layer of each network by each metric, a column for each line."""
    tables = {
        (study.network(network), METRICS[metric]): every_layer(study, network, metric)
        for network in study.experiments
        for metric in PAPER_METRICS
    }
    return pd.concat(tables, names=["network", "metric", None]).reset_index([0, 1])


def own_and_others(study: Results) -> Table:
    """Own complete network beside those of other seeds: means over the hidden layers."""
    rows = {}
    for network in PAPER_NETWORKS:
        for metric in PAPER_METRICS:
            pruned = estimate(descent(network, metric).numbers, study)
            trained = estimate(descent(f"{network}_trained_as_long", metric).numbers, study)
            if pruned.n:
                both = beside_both(study, network, metric).mean()
                rows[study.network(network), METRICS[metric]] = {
                    "Own": both.own,
                    "Others": both.others,
                    "Own minus others": pruned.text(sign=True),
                    "Trained as long": trained.text(sign=True),
                }
    return Table.of(frame_of(rows, "Network", "Metric"), nothing=ABSENT)
