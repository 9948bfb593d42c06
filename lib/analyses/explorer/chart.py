"""The chart of the explorer: drawn by Vega-Altair, its choices are parameters."""

import json
from typing import Any

import altair as alt

from ...book.claims.vocabulary import FOUR
from ...book.report.names import METRICS, SCALES
from ...book.report.style import INK, LAST, METRIC_STYLES
from .analysis import (
    MATRICES,
    OVER_LAYERS,
    OWN_SCALE,
    PAPERS_MATRIX,
    PAPERS_WIDTH,
    PRUNED_LINE,
    SHUFFLED_HIGHEST,
    SHUFFLED_IMAGES,
    TRAINED_INDEPENDENTLY,
)

LINE_LOOKS = {
    PRUNED_LINE: (LAST, []),
    "trained as long, never pruned": (METRIC_STYLES["cosine"]["color"], [6, 3]),
    "random masks": (METRIC_STYLES["cka"]["color"], [8, 2, 2, 2]),
    TRAINED_INDEPENDENTLY: (INK, [2, 3]),
    SHUFFLED_IMAGES: ("#6e7781", [4, 4]),
    SHUFFLED_HIGHEST: ("#a8480c", [1, 2]),
}
"""line -> its colour and its dashes."""

WITHOUT_ITERATIONS = (TRAINED_INDEPENDENTLY, SHUFFLED_IMAGES, SHUFFLED_HIGHEST)
"""Lines that have no iterations."""

EXPLORER_HTML = """<div id="explorer" role="group" aria-label="Similarity over the layers"></div>
<p id="explorer-said" aria-live="polite"></p>
<details><summary>The lines that are shown, as a table</summary>
<div id="explorer-table"></div></details>
<script type="application/json" id="explorer-spec">{}</script>
<noscript>This page needs JavaScript. The numbers are in the tables of the repository.</noscript>"""


def _choice(name: str, options: list[str], lines: list[dict[str, Any]]) -> alt.Parameter:
    """A list to choose from; the first entry of which there are lines is chosen at first."""
    known = {line[name.lower()] for line in lines}
    options = [option for option in options if option in known]
    bind = alt.binding_select(options=options, name=f"{name} ")
    return alt.param(name=name, value=options[0], bind=bind)


def _choices(lines: list[dict[str, Any]]) -> list[alt.Parameter]:
    networks = list(dict.fromkeys(line["network"] for line in lines))
    scales = [OWN_SCALE, *(words.lower() for words in SCALES.values()), PAPERS_WIDTH]
    return [
        _choice("Network", networks, lines),
        _choice("Scale", scales, lines),
        _choice("Metric", [METRICS[metric] for metric in FOUR], lines),
        _choice("Matrix", list(MATRICES.values()), lines),
    ]


def _slider(lines: list[dict[str, Any]]) -> alt.Parameter:
    last = max(max(line["iteration"]) for line in lines)
    bind = alt.binding_range(min=1, max=last, step=1, name="Iteration ")
    return alt.param(name="Iteration", value=last, bind=bind)


def explorer(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The specification of the chart in Vega-Lite, with the lines in it.

    Args:
        lines: of `analysis.lines_of`.

    Returns:
        `usermeta` has the paper's matrix of each metric, which the page takes with the metric.
    """
    choices, iteration = _choices(lines), _slider(lines)
    chosen = alt.Chart(alt.InlineData(lines), width="container", height=320)
    for choice in choices:
        chosen = chosen.transform_filter(alt.datum[choice.name.lower()] == choice)
    chosen = chosen.transform_flatten(["iteration", *OVER_LAYERS[1:]])
    now = alt.datum.iteration == iteration
    for line in WITHOUT_ITERATIONS:
        now = now | (alt.datum.line == line)
    pruned = chosen.transform_filter(alt.datum.line == PRUNED_LINE)
    layers = [_pale(pruned), _band(pruned.transform_filter(now)), *_lines(chosen, now)]
    chart = alt.layer(*layers).add_params(*choices, iteration)
    chart = chart.properties(usermeta={"matrix": PAPERS_MATRIX})
    return chart.configure_view(stroke=None).to_dict(validate=True)


X = alt.X("layer:O", sort=None, title=None)
Y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1]), title="similarity to the complete network")


def _pale(pruned: alt.Chart) -> alt.Chart:
    """All iterations of the pruned networks, as thin lines."""
    lines = pruned.transform_flatten(OVER_LAYERS)
    lines = lines.mark_line(opacity=0.55, strokeWidth=0.7, color=LAST)
    return lines.encode(X, Y, detail="iteration:O")


def _band(pruned: alt.Chart) -> alt.Chart:
    """The interval over complete networks at the iteration."""
    band = pruned.transform_flatten(OVER_LAYERS)
    band = band.mark_area(opacity=0.25, color=LAST, clip=True)
    return band.encode(X, alt.Y("low:Q"), alt.Y2("high:Q"))


def _lines(chosen: alt.Chart, now: Any) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """Every line at the iteration, and its points: those with an interval name it."""
    colours = alt.Scale(domain=[*LINE_LOOKS], range=[colour for colour, _ in LINE_LOOKS.values()])
    dashes = alt.Scale(domain=[*LINE_LOOKS], range=[dashes for _, dashes in LINE_LOOKS.values()])
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=240)
    colour = alt.Color("line:N", scale=colours, legend=legend)
    flat = chosen.transform_filter(now).transform_flatten(OVER_LAYERS)
    lines = flat.mark_line(strokeWidth=2).encode(
        X, Y, colour, alt.StrokeDash("line:N", scale=dashes, legend=None)
    )
    points = flat.mark_point(filled=True, opacity=1, size=40).encode(X, Y, colour)
    named = ["layer:N", "line:N", "value:Q"]
    without = points.transform_filter("!isValid(datum.low)").encode(tooltip=named)
    within = points.transform_filter("isValid(datum.low)")
    return lines, without, within.encode(tooltip=[*named, "low:Q", "high:Q"])


def html(spec: dict[str, Any]) -> str:
    """What the page shows: the places of the chart, of the table, and the specification."""
    # no "<" in it, so that no text of the results can end the script
    text = json.dumps(spec, separators=(",", ":")).replace("<", "\\u003c")
    return EXPLORER_HTML.format(text)
