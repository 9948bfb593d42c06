"""Does a metric follow what the network does? The tables, compact and complete."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from . import layerwise
from .layerwise import signed
from .names import METRICS
from .rank_correlation import ITERATION, heading, measured, summary, targets_measured
from .results import Results
from .tables import Table, side_by_side
from .validity import NOT_MEASURED, PAPER_CELLS, marked

NUMBER = "the iteration's number"


def ranged(row: pd.Series, name: str) -> str:
    """A rank correlation of `summary` with its range, which no line break splits."""
    if pd.isna(row[name]) or row[f"{name}_runs"] == 1:
        return signed(row[name])
    low, high = signed(row[f"{name}_low"]), signed(row[f"{name}_high"])
    return f"{signed(row[name])} ({low}\u00a0to\u00a0{high})"


def over_iterations(results: Results) -> Table:
    """Spearman over the iterations: the iteration's number beside the paper's four metrics.

    A row for each network and target that were measured.
    """
    cells = {NUMBER: ITERATION} | {METRICS[metric]: (metric, own) for metric, own in PAPER_CELLS}
    rows = []
    for experiment, target in targets_measured(results):
        rho = summary(results, experiment, target).rho
        values = (signed(rho.get(cell, np.nan)) for cell in cells.values())
        rows.append((heading(results, experiment, target), *values))
    header = ("Over the iterations, with", *cells)
    return Table(header, rows, numeric=header[1:], nothing=NOT_MEASURED)


def step_by_step(results: Results) -> Table:
    """Rank correlation of the steps, with its range; rows and metrics as in `over_iterations`."""
    rows = []
    for experiment, target in targets_measured(results):
        frame = summary(results, experiment, target)
        values = (
            ranged(frame.loc[cell, :], "steps") if cell in frame.index else signed(np.nan)
            for cell in PAPER_CELLS
        )
        rows.append((heading(results, experiment, target), *values))
    header = ("Step by step, with", *(METRICS[metric] for metric, _ in PAPER_CELLS))
    return Table(header, rows, nothing=NOT_MEASURED)


def complete(results: Results, experiment: str, target: str) -> Table:
    """`summary` as a table; `Runs` are those in which *beyond the iteration* is defined."""
    frame = summary(results, experiment, target)
    rows = [
        (
            NUMBER if cell == ITERATION else marked(*cell),
            ranged(row, "rho"),
            signed(row.tau),
            ranged(row, "beyond"),
            ranged(row, "steps"),
            signed(row.across),
            f"{int(row.beyond_runs)} of {int(row.rho_runs)}",
        )
        for cell, row in frame.iterrows()
    ]
    header = (
        heading(results, experiment, target),
        "Spearman",
        "Kendall",
        "Beyond the iteration",
        "Step by step",
        "Between runs",
        "Runs",
    )
    return Table(header, rows, numeric=header[1:], nothing=NOT_MEASURED)


def every_layer(results: Results, experiment: str, target: str) -> str:
    """Each hidden layer as text, by the paper's metrics: Spearman (`rho`), beyond the iteration."""
    if not measured(results, experiment, target):
        return NOT_MEASURED
    names = layerwise.hidden(results, experiment)
    own = dataclasses.replace(results, similarity=results.similarities(experiment))
    frames = {layer: summary(own, experiment, target, layer) for layer in names}
    blocks = {}
    for cell in PAPER_CELLS:
        columns = {
            name: [
                frame.loc[cell, name] if cell in frame.index else np.nan
                for frame in frames.values()
            ]
            for name in ("rho", "beyond")
        }
        blocks[METRICS[cell[0]]] = pd.DataFrame({"layer": names, **columns}).astype(
            {"rho": float, "beyond": float}
        )
    return side_by_side(blocks, digits=2)
