"""Made-up similarities of layers across networks, so that all answers are known.

Two sizes of maps: conv1 and conv2 share one, pool and conv3 another; then the output.
"""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from lib.report.results import Results

from .made_up import provenance

HIDDEN = ["conv1", "conv2", "pool", "conv3"]
KINDS = ["conv", "conv", "pool", "conv", "out"]
SIZES = [0, 0, 1, 1, 2]
NEAR = np.eye(5) * 0.5 + 0.1
PAIRS = [(0, 1), (0, 2), (1, 2)]
OTHER = "resnet_fast_independent"


def rows(metric, reshape, values, pairs=PAIRS, experiment="vgg_svhn_independent"):
    """Rows of the table; `values` is (5, 5), or a function of the pair that gives such a matrix.

    On channels, there are only pairs of layers of equal size.
    """
    found = []
    for pair, x, y in itertools.product(pairs, range(5), range(5)):
        if reshape == "channels" and SIZES[x] != SIZES[y]:
            continue
        matrix = values(pair) if callable(values) else values
        names = [*HIDDEN, "out"]
        found.append(
            {
                **{"experiment": experiment, "train_seed": pair[0], "other_seed": pair[1]},
                **{"layer_x": names[x], "layer_y": names[y], "depth_x": x, "depth_y": y},
                **{"kind_x": KINDS[x], "kind_y": KINDS[y], "metric": metric, "reshape": reshape},
                "value": matrix[x, y],
            }
        )
    return found


def study(*tables):
    """A study with these rows; VGG_SVHN and ResNet_fast have independent networks as a control."""
    known = provenance(5, 2, ["independent"])
    known["experiments"][OTHER] = known["experiments"]["resnet_fast"] | {"base": "resnet_fast"}
    frame = pd.DataFrame([row for table in tables for row in table])
    empty = Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), known)
    if frame.empty:
        return empty
    return Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), known, identification=frame)
