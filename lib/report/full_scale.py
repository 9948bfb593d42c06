"""A study beside networks at the paper's own scale: accuracy, layers, the same rules on both."""

from __future__ import annotations

from statistics import mean

from . import accuracy, layerwise
from .names import METRICS, enumerate_words
from .results import Results
from .tables import Table

HERE, FULL = "Other pages", "Full scale"
"""Heads of the columns: the study of the other pages, and the networks at the paper's scale."""


def shared(here: Results, full: Results) -> list[str]:
    """The experiments that both have."""
    return [name for name in here.experiments if name in full.experiments]


def accuracies(here: Results, full: Results) -> Table:
    """Test accuracy at both scales: complete, best and last pruned."""
    return accuracy.overview_table(
        (f"{results.network(name)}, {head.lower()}", *accuracy.in_short(results, name))
        for name in shared(here, full)
        for head, results in ((HERE, here), (FULL, full))
    )


def levels(here: Results, full: Results, experiment: str) -> Table:
    """Each metric after the last iteration: mean over the hidden layers, lowest layer, output."""
    rows = []
    for metric in layerwise.SHOWN:
        cells = []
        for results in (here, full):
            last = layerwise.curves(results, experiment, metric).iloc[-1]
            layer, value = layerwise.lowest(results, experiment, metric)
            middle = last[layerwise.hidden(results, experiment)].mean()
            cells.append((middle, f"{layerwise.rounded(value)} at {layer}", last.iloc[-1]))
        pairs = zip(*cells, strict=True)
        shown = [
            layerwise.rounded(cell) if isinstance(cell, float) else cell
            for pair in pairs
            for cell in pair
        ]
        rows.append((METRICS[metric], *shown))
    parts = ("Mean", "Lowest", "Output")
    header = [f"{part}, {head.lower()}" for part in parts for head in (HERE, FULL)]
    return Table(("Metric", *header), rows, numeric=header)


def cost(full: Results) -> str:
    """What a run took: minutes, memory, on which machine, in a sentence."""
    runs = [
        job
        for job in full.provenance["jobs"]
        if job["prune_seed"] is not None and not job.get("analysis")
    ]
    devices = sorted({job["device"] for job in runs})
    minutes = mean(job["seconds"] for job in runs) / 60
    text = f"A run took {minutes:.0f} minutes on {enumerate_words(devices)}"
    gpu = [job["gpu_memory"] for job in runs if job.get("gpu_memory")]
    if gpu:
        text += f", and {max(gpu) / 1024:.0f} GB of its memory"
    trained = full.performance[full.performance.iteration > 0]
    seconds = (trained.seconds / trained.epochs).mean()
    return f"{text}. An epoch took {seconds:.2f} seconds."
