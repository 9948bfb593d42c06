"""Tasks of growing complexity, and two ways to rewind: what the chapter on ICPRAM 2020 shows."""

from __future__ import annotations

import pandas as pd

from ..chapters.icpram2020.claims import CONNECTED, HARDEST, MIDDLE, RATE, SUBSETS
from ..claims.vocabulary import END, FIRST, OUT, Layers, runs_of
from .layerwise import curves, hidden, null, rounded
from .names import METRICS, percent
from .results import Results
from .tables import Table

OTHERS = ("pwcca", "cka", "nbs")
SHOWN = ("svcca", *OTHERS)


def panels(metric: str) -> dict[str, tuple[str, str]]:
    """A panel for each task."""
    return {words: (experiment, metric) for experiment, words in SUBSETS.items()}


def rewinding() -> dict[str, tuple[str, str]]:
    """A panel for each way of rewinding, with SVCCA and with CKA."""
    ways = {"weights rewound": HARDEST, "learning rate rewound": RATE}
    return {
        f"{METRICS[metric]}, {words}": (experiment, metric)
        for metric in ("svcca", "cka")
        for words, experiment in ways.items()
    }


def other_metrics() -> dict[str, tuple[str, str]]:
    """The metrics that ICPRAM 2020 did not have, on the easiest and on the hardest task."""
    tasks = list(SUBSETS.items())
    return {
        f"{METRICS[metric]}, {words}": (experiment, metric)
        for metric in OTHERS
        for experiment, words in (tasks[0], tasks[-1])
    }


def overview(results: Results) -> Table:
    """Accuracy, and SVCCA at the places that the claims name, for each task after the last one."""
    rows = []
    for experiment, words in {**SUBSETS, RATE: "all ten, rate rewound"}.items():
        accuracy = results.accuracies(experiment)
        complete = accuracy[accuracy.iteration == 0].accuracy.mean()
        pruned = accuracy[accuracy.iteration == accuracy.iteration.max()].accuracy.mean()
        last = curves(results, experiment, "svcca").iloc[-1]
        where = last[hidden(results, experiment)].idxmin()
        places = [_mean(results, experiment, layers) for layers in (FIRST, CONNECTED, OUT)]
        middle = _lowest(results, experiment, MIDDLE)
        rows.append(
            (
                words,
                percent(complete),
                percent(pruned),
                rounded(places[0]),
                rounded(middle),
                rounded(places[1]),
                rounded(places[2]),
                where,
                rounded(null(results, experiment, "svcca")["mean"][where]),
            )
        )
    numeric = ("Complete", "Pruned", "First", "Middle", "Connected", "Output", "Null")
    return Table(("Task", *numeric[:-1], "Lowest at", "Null"), rows, numeric=numeric)


def finding(results: Results) -> str:
    """How far the two ways of rewinding are apart, in short sentences of Markdown."""
    lines = []
    for metric in SHOWN:
        weights, rate = (
            curves(results, name, metric).iloc[-1][hidden(results, name)]
            for name in (HARDEST, RATE)
        )
        apart = (rate - weights).abs()
        lines.append(
            f"- {METRICS[metric]}: mean over the hidden layers {rounded(weights.mean())} with the "
            f"weights rewound, {rounded(rate.mean())} with the learning rate rewound; furthest "
            f"apart at {apart.idxmax()}, by {rounded(apart.max())}."
        )
    return "\n".join(lines)


def controls(results: Results) -> Table:
    """Means over the hidden layers of the pruned networks and of what stands beside them."""
    lines = {
        "pruned, weights rewound": HARDEST,
        "pruned, learning rate rewound": RATE,
        "complete, of other seeds": f"{RATE}_independent",
        "never trained": f"{RATE}_untrained",
    }
    rows = []
    for words, experiment in lines.items():
        if experiment not in results.provenance["experiments"]:
            rows.append((words, *("-" for _ in SHOWN)))
            continue
        rows.append((words, *(_of_hidden(results, experiment, "value", m) for m in SHOWN)))
    nulls = (_of_hidden(results, HARDEST, "null_mean", metric) for metric in SHOWN)
    rows.append(("null of the pruned, weights rewound", *nulls))
    names = [METRICS[metric] for metric in SHOWN]
    return Table(("Compared with the complete network", *names), rows, numeric=names)


def _of_hidden(results: Results, experiment: str, column: str, metric: str) -> str:
    last = curves(results, experiment, metric, column).iloc[-1]
    return rounded(last[hidden(results, experiment)].mean())


def _values(results: Results, experiment: str, layers: Layers) -> pd.DataFrame:
    runs = runs_of(results, experiment, "svcca").values()
    return pd.concat([run.part(layers, END) for run in runs])


def _mean(results: Results, experiment: str, layers: Layers) -> float:
    return float(_values(results, experiment, layers).to_numpy().mean())


def _lowest(results: Results, experiment: str, layers: Layers) -> float:
    return float(_values(results, experiment, layers).min(axis=1).mean())
