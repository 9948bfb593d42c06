"""A study of one network whose dissimilarities and changes of function are given."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from lib.report.results import Results

from .made_up import provenance

LAYERS = [("conv1", "conv"), ("conv2", "conv"), ("out", "out")]
RUNS = [(0, 0), (0, 1), (0, 2)]
ZIGZAG = np.array([2, 0, 3, 1, 5, 4, 7, 6]) / 100
RISING = np.arange(1, 9) / 100
BENT = np.array([1, 2, 4, 8, 9, 13, 14, 20]) / 100


def study(cells, gap, *, outputs=None, runs=RUNS):
    """A study of VGG_SVHN.

    Args:
        cells: (metric, reshape) -> dissimilarity of all layers, one for each iteration, or a
            function of the run that returns them.
        gap: accuracy gap, likewise.
        outputs: metric of the outputs -> 1 minus its value, likewise.
    """

    def values(of, run):
        return np.asarray(of(run) if callable(of) else of, dtype=float)

    similarity, performance = [], []
    for train_seed in dict(runs):
        performance.append({"train_seed": train_seed, "iteration": 0, "accuracy": 0.9})
    for run in runs:
        key = dict(zip(["train_seed", "prune_seed"], run, strict=True))
        for i, lost in enumerate(values(gap, run), start=1):
            performance.append({**key, "iteration": i, "accuracy": 0.9 - lost})
        everything = [(cell, of, LAYERS) for cell, of in cells.items()]
        everything += [((name, "flat"), of, LAYERS[2:]) for name, of in (outputs or {}).items()]
        for (metric, reshape), of, layers in everything:
            for (i, far), (layer, kind) in itertools.product(enumerate(values(of, run)), layers):
                similarity.append(
                    {
                        **key,
                        **{"iteration": i + 1, "layer": layer, "kind": kind},
                        **{"depth": [name for name, _ in LAYERS].index(layer)},
                        **{"metric": metric, "reshape": reshape, "value": 1 - far},
                    }
                )
    similarity = pd.DataFrame(similarity).assign(experiment="vgg_svhn")
    performance = pd.DataFrame(performance).assign(experiment="vgg_svhn")
    performance = performance.astype({"prune_seed": "Int64"})
    return Results(Path("made_up"), similarity, performance, provenance(8, len(runs)))
