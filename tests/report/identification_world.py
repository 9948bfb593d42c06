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


def rows(metric, reshape, matrix, pairs=PAIRS):
    """Rows of the table; `matrix` is (5, 5). On channels, only layers of equal size are paired."""
    names = [*HIDDEN, "out"]
    return [
        {
            **{"experiment": "vgg_svhn_independent", "train_seed": one, "other_seed": other},
            **{"layer_x": names[x], "layer_y": names[y], "depth_x": x, "depth_y": y},
            **{"kind_x": KINDS[x], "kind_y": KINDS[y], "metric": metric, "reshape": reshape},
            "value": matrix[x, y],
        }
        for (one, other), x, y in itertools.product(pairs, range(5), range(5))
        if reshape != "channels" or SIZES[x] == SIZES[y]
    ]


def study(*tables):
    """A study with these rows; VGG_SVHN has independent networks as a control."""
    known = provenance(5, 2, ["independent"])
    frame = pd.DataFrame([row for table in tables for row in table])
    return Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), known, identification=frame)
