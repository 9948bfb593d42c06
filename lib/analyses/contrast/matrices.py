"""Each metric on each matrix: lines, means over the hidden layers, and the depth of the "U"."""

import pandas as pd

from ...book.claims.vocabulary import PAPER_METRICS
from ...book.report import values
from ...book.report.figure import LayerFigure
from ...book.report.format import Table, percent
from ...book.report.names import METRICS, RESHAPES
from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.style import FIRST_COLOUR, LAST_COLOUR

UNDEFINED = (("svcca", "flat"), ("pwcca", "flat"))
"""(metric, matrix) with more columns than rows, where CCA is 1 for any data."""


def draw_matrices(study: Results, experiment: str) -> LayerFigure:
    """A row of panels for each matrix, a panel for each metric: first and last iteration, null."""
    order = values.layers(study, experiment)
    figure = LayerFigure(f"reshapes-{experiment}", order, iterations=2, small=True)
    for reshape, about in RESHAPES.items():
        figure.row(reshape, f": {about}")
        for metric in PAPER_METRICS:
            _draw_panel(figure, study, experiment, metric, reshape)
    return figure


def _draw_panel(
    figure: LayerFigure, study: Results, experiment: str, metric: str, reshape: str
) -> None:
    title = f"{METRICS[metric]}, {reshape}"
    lines = values.curves(study, experiment, metric, reshape)
    if (metric, reshape) in UNDEFINED:
        figure.absent(title, "With more columns than rows, CCA is 1 for any data.")
        return
    if lines.empty:
        figure.absent(title, "Not measured here.")
        return
    axes = figure.panel(title)
    figure.draw_null(axes, values.null(study, experiment, metric, reshape))
    remaining = values.remaining(study, experiment)
    ends = {remaining.index[0]: FIRST_COLOUR, remaining.index[-1]: LAST_COLOUR}
    for iteration, colour in ends.items():
        label = f"iteration {iteration}: {percent(remaining[iteration])} of the weights left"
        figure.draw(axes, lines.loc[iteration], label, color=colour)


def summary(study: Results, experiment: str) -> pd.DataFrame:
    """What each metric gives on each matrix, over the hidden layers after the last iteration.

    Returns:
        Index (metric, reshape), without what was not measured or is not defined.
        Columns `Mean`, `Null`, `First layer`, `Lowest`, `Where` (its layer),
        `Last hidden`, `Depth` (of the "U"), `Layers` (in how many the metric is defined).
    """
    hidden = values.hidden(study, experiment)
    rows = {}
    for metric in PAPER_METRICS:
        for reshape in RESHAPES:
            lines = values.curves(study, experiment, metric, reshape)
            if lines.empty or (metric, reshape) in UNDEFINED:
                continue
            null = values.null(study, experiment, metric, reshape)["mean"]
            rows[metric, reshape] = _over_layers(lines.iloc[-1][hidden], null[hidden])
    return pd.DataFrame.from_dict(rows, orient="index")


def _over_layers(last: pd.Series, null: pd.Series) -> dict[str, object]:
    return {
        "Mean": last.mean(),
        "Null": null.mean(),
        "First layer": last.iloc[0],
        "Lowest": last.min(),
        "Where": last.idxmin() if last.notna().any() else "-",
        "Last hidden": last.iloc[-1],
        "Depth": values.u_depth_by_row(last.to_frame().T).iloc[0],
        "Layers": int(last.count()),
    }


def overview(study: Results, experiment: str) -> Table:
    """`summary` as a table; the paper's own matrix of each metric is marked."""
    frame = summary(study, experiment)
    names = [
        f"{METRICS[metric]}, {reshape}"
        + (" (the paper's)" if PAPER_RESHAPE[metric] == reshape else "")
        for metric, reshape in frame.index
    ]
    return Table.of(frame.set_axis(names).rename_axis("Metric and matrix"))


def overviews(study: Results) -> Table:
    """The overviews of all networks as one table, the network in front of each row."""
    tables = {study.network(name): overview(study, name) for name in study.experiments}
    rows = [(title, *row) for title, each in tables.items() for row in each.rows]
    [header] = {each.header for each in tables.values()}
    [numeric] = {each.numeric for each in tables.values()}
    return Table(("Network", *header), rows, numeric=numeric)


def in_short(study: Results) -> pd.DataFrame:
    """CKA minus SVCCA on the paper's matrices and on one, and the depth of the "U".

    Returns:
        Index the name of the network; NaN where something was not measured.
    """
    cells = [("svcca", "channels"), ("cka", "flat"), ("cka", "channels")]
    rows = {}
    for experiment in study.experiments:
        frame = summary(study, experiment).reindex(cells)
        svcca, flat, channels = frame["Mean"]
        rows[study.network(experiment)] = {
            "As in the paper": flat - svcca,
            "Both on channels": channels - svcca,
            '"U" of SVCCA, channels': frame["Depth"].iloc[0],
            '"U" of CKA, flat': frame["Depth"].iloc[1],
            '"U" of CKA, channels': frame["Depth"].iloc[2],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
