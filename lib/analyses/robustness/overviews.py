"""Tables and figures of the page: what was measured again, and what each choice moves."""

from itertools import product

import pandas as pd

from ...book.claims.vocabulary import PAPER_METRICS
from ...book.report.figure import ABSENT, LayerFigure, PanelFigure
from ...book.report.format import number
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.style import INK, METRIC_STYLES, iteration_colours
from ...book.report.values import RUN_COLUMNS
from .analysis import (
    AXES,
    cka_minus_svcca,
    common,
    half_stays,
    moves,
    of_paper,
    paper_moves,
    readings,
    u_depth_by_setting,
)
from .tables import ROBUSTNESS

BY_PRUNING = "Pruning, for comparison"


def draw_moves(study: Results) -> PanelFigure:
    """A panel for each network, a row for each choice, a mark for each of the paper's metrics."""
    figure, rows = PanelFigure("robustness"), paper_moves(study)
    titles = [*(about.title for about in AXES.values()), BY_PRUNING]
    for network in study.experiments if len(rows) else ():
        axes = figure.panel(study.network(network), left=0.57)
        for metric, shift in zip(PAPER_METRICS, (-0.24, -0.08, 0.08, 0.24), strict=True):
            moved = rows[(rows.experiment == network) & (rows.metric == metric)]
            style = METRIC_STYLES[metric]
            look = {"color": style["color"], "marker": style["marker"]}
            look |= {"linestyle": "", "markersize": 4.5}
            distance = moved.set_index("axis")["mean"].reindex(AXES)
            places = [row + shift for row in range(len(titles))]
            axes.plot(distance, places[:-1], label=METRICS[metric], **look)
            axes.plot(moved.pruning.mean(), places[-1], markerfacecolor="none", **look)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axhline(len(titles) - 1.5, color=INK, linewidth=0.5)
        axes.set_ylim(len(titles) - 0.5, -0.5)
        axes.set_yticks(range(len(titles)), titles)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("mean change")
    return figure


def again(study: Results) -> pd.DataFrame:
    """What was measured again of each network: texts."""
    texts, rows = {}, readings(study)
    for network in study.experiments:
        measured, settings = study.of(network, ROBUSTNESS), study.settings(network)
        split = settings["probe_split"]
        available = settings[f"{split}_images"]
        varied = set(rows.axis[rows.experiment == network])
        fixed = [about.title for axis, about in AXES.items() if axis not in varied]
        texts[study.network(network)] = {
            "Pruning runs": str(len(measured[RUN_COLUMNS].drop_duplicates())),
            "After iterations": ", ".join(map(str, sorted(measured.iteration.unique()))) or "-",
            "Images": f"{settings['probe_images']:,} of {available:,} {split} images",
            "Not varied": "; ".join(fixed) or "-",
        }
    return pd.DataFrame(texts).T.rename_axis("Network")


def remains(quantities: dict[str, tuple[pd.Series, str]]) -> str:
    """In how many cases the other settings keep half of what the study's own setting has."""
    seen = half_stays(quantities)
    lost = [name for name, stays in seen.items() if not stays]
    text = f"{len(seen) - len(lost)} of {len(seen)}" if seen else "none to be seen"
    return text + (f", not {', '.join(lost)}" if lost else "")


def changes_in_short(study: Results) -> pd.DataFrame:
    """Of each choice the largest changes, and whether two conclusions stand: texts."""
    short = {}
    for axis, about in AXES.items():
        of_axis = moves(study)
        of_axis = of_axis[of_axis.index.get_level_values("axis") == axis]
        short[about.title] = {} if of_axis.empty else _in_short(study, axis, of_axis)
    table = pd.DataFrame.from_dict(short, orient="index").rename_axis("Varied").fillna("-")
    return table if len(moves(study)) else table.iloc[:0]


def _in_short(study: Results, axis: str, changes: pd.DataFrame) -> dict[str, str]:
    in_layer, in_mean = (
        changes.loc[changes.distance.idxmax()],
        changes.loc[changes["mean"].idxmax()],
    )
    names = [f"{move.title} of {study.network(move.name[0])}" for move in (in_layer, in_mean)]
    rows = common(study)
    curves = rows[rows.axis == axis].groupby(["experiment", "title"], sort=False)
    depths = {
        f"{title} of {study.network(x)}": u_depth_by_setting(curve) for (x, title), curve in curves
    }
    gaps = {
        study.network(network): cka_minus_svcca(study, axis, network)
        for network in study.experiments
    }
    return {
        "One layer": f"{number(in_layer.distance)}: {names[0]} at {in_layer.layer}",
        "Mean": f"{number(in_mean['mean'])}: {names[1]}",
        "Pruning": number(in_mean.pruning),
        "Draws": number(in_mean.draws) if axis != "draw" else "-",
        'The "U" remains': remains(depths),
        "CKA minus SVCCA remains": remains(gaps),
    }


def span(numbers: pd.Series, base: str) -> str:
    """The value at the base, then the lowest and the highest of the others."""
    if pd.isna(numbers.get(base)):
        return "-"
    varied = numbers.drop(base)
    return f"{number(numbers[base])} ({number(varied.min())} to {number(varied.max())})"


def spans_by_choice(study: Results) -> pd.DataFrame:
    """Depth of the "U", and CKA minus SVCCA, over the settings of each choice: texts."""
    texts, rows = {}, common(study)
    for axis, network in product(AXES, study.experiments):
        chosen = rows[(rows.axis == axis) & (rows.experiment == network)]
        if len(chosen):
            texts[f"{AXES[axis].title}, {study.network(network)}"] = {
                '"U" of SVCCA': span(*u_depth_by_setting(of_paper(chosen, network, "svcca"))),
                '"U" of CKA': span(*u_depth_by_setting(of_paper(chosen, network, "cka"))),
                "CKA \u2212 SVCCA": span(*cka_minus_svcca(study, axis, network)),
            }
    return pd.DataFrame.from_dict(texts, orient="index").rename_axis("Varied")


def draw_settings(study: Results, axis: str) -> LayerFigure:
    """A panel for each metric of each network, a line for each setting."""
    rows = readings(study)
    rows = rows[rows.axis == axis]
    settings = rows.sort_values("place").setting.unique()
    colours = dict(zip(settings, iteration_colours(len(settings) or 1), strict=False))
    figure = LayerFigure(f"robustness-{axis}", [], iterations=len(settings) or 1, small=True)
    for network in study.experiments if len(rows) else ():
        figure.row(study.network(network))
        of_network = rows[rows.experiment == network]
        if of_network.empty:
            figure.absent("", ABSENT)
        for title, reading in of_network.groupby("title", sort=False):
            layers = reading[["layer", "kind"]].drop_duplicates()
            axes = figure.panel(title, order=list(layers.itertuples(index=False, name=None)))
            for setting, line in reading.groupby("setting", sort=False):
                suffix = " (as in the study)" if setting in set(rows.base) else ""
                label = AXES[axis].name(setting) + suffix
                figure.draw(axes, line.value, label, color=colours[setting])
    return figure
