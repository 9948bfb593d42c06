"""Whether the contrast between two metrics hangs on the scale of the networks."""

from __future__ import annotations

import pandas as pd

from .contrast import PAIRS, contrast
from .layerwise import signed
from .names import METRICS, SCALES, enumerate_words, percent
from .results import Results
from .tables import Table

SHOWN = PAIRS[:2]
"""The contrasts with CKA."""


def scales_of(results: Results, experiment: str) -> dict[str, str]:
    """{experiment at a scale: how it is called}, the study's own first."""
    known = results.provenance["experiments"]
    names = {f"{experiment}_{suffix}": head.lower() for suffix, head in SCALES.items()}
    return {experiment: "as in this study"} | {n: head for n, head in names.items() if n in known}


def table(results: Results) -> Table:
    """Accuracy and contrasts at each scale, mean over the runs and standard deviation."""
    rows = []
    for experiment in results.experiments:
        found = scales_of(results, experiment)
        if len(found) == 1:
            continue
        for name, head in found.items():
            complete, pruned = _accuracy(results, name)
            cells = [_cell(contrast(results, name, *pair)) for pair in SHOWN]
            network = f"{results.network(experiment)}, {head}"
            rows.append((network, complete, pruned, *cells))
    pairs = [f"{METRICS[low]} and {METRICS[high]}" for low, high in SHOWN]
    header = ("Network", "Complete", "Pruned", *pairs)
    nothing = "No network was run at another scale."
    return Table(header, rows, numeric=header[1:], nothing=nothing)


def finding(results: Results) -> str:
    """How far the contrast of SVCCA and CKA moves with the scale, in Markdown."""
    sentences = []
    for experiment in results.experiments:
        found = scales_of(results, experiment)
        levels = {head: contrast(results, name, *PAIRS[0]).mean() for name, head in found.items()}
        own = levels.pop("as in this study")
        if levels:
            others = [f"{signed(value)} {head}" for head, value in levels.items()]
            sentences.append(
                f"- {results.network(experiment)}: {signed(own)}; {enumerate_words(others)}."
            )
    return "\n".join(sentences) or "No network was run at another scale."


def _accuracy(results: Results, experiment: str) -> tuple[str, str]:
    rows = results.accuracies(experiment)
    ends = (rows[rows.iteration == iteration] for iteration in (0, rows.iteration.max()))
    complete, pruned = (percent(end.accuracy.mean()) for end in ends)
    return complete, pruned


def _cell(values: pd.Series) -> str:
    if values.empty:
        return "-"
    spread = f" \u00b1 {values.std():.2f}" if len(values) > 1 else ""
    return signed(values.mean()) + spread
