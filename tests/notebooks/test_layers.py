"""Lost directions count as correlations of 0, whichever layer comes first."""

import pandas as pd
import pytest

from lib.report import NETWORK
from notebooks.layers.analysis import counting_lost


def test_lost_directions_count_as_0():
    ranks = {"conv2": (4.0, 3.0), "conv10": (4.0, 4.0), "add": (2.0, 5.0)}
    rows = [
        {"network": "x", "metric": "mean_cca", NETWORK: 0, "other_seed": pd.NA, "layer": layer}
        | {"value": 0.5, "rank_x": complete, "rank_y": pruned}
        for layer, (complete, pruned) in ranks.items()
    ]
    assert counting_lost(pd.DataFrame(rows)).tolist() == pytest.approx([0.375, 0.5, 0.5])
