"""A study of one network whose dissimilarities and changes of function are given."""

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


def study(cells, gap, *, runs=RUNS):
    """A study of VGG_SVHN.

    Args:
        cells: (metric, reshape) -> dissimilarity of all layers, one for each iteration, or a
            function of the run that returns them.
        gap: accuracy gap, likewise.
    """

    def values(of, run):
        return np.asarray(of(run) if callable(of) else of, dtype=float)

    similarity = []
    performance = [{"train_seed": seed, "iteration": 0, "accuracy": 0.9} for seed in dict(runs)]
    for run in runs:
        key = dict(zip(["train_seed", "prune_seed"], run, strict=True))
        for i, lost in enumerate(values(gap, run), start=1):
            performance.append({**key, "iteration": i, "accuracy": 0.9 - lost})
        for (metric, reshape), of in cells.items():
            for i, far in enumerate(values(of, run), start=1):
                similarity += [
                    {
                        **key,
                        **{"iteration": i, "layer": layer, "kind": kind, "depth": depth},
                        **{"metric": metric, "reshape": reshape, "value": 1 - far},
                    }
                    for depth, (layer, kind) in enumerate(LAYERS)
                ]
    similarity = pd.DataFrame(similarity).assign(experiment="vgg_svhn")
    performance = pd.DataFrame(performance).assign(experiment="vgg_svhn")
    performance = performance.astype({"prune_seed": "Int64"})
    return Results(Path("made_up"), similarity, performance, provenance(8, len(runs)))
