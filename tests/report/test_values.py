"""The depth of a "U" in curves whose depth one sees."""

import numpy as np
import pandas as pd
import pytest

from lib.report.values import u_depth

CURVES = {
    "bowl": ([0.9, 0.4, 0.7], 0.3),
    "bowl with a low start": ([0.6, 0.4, 0.9], 0.2),
    "falls": ([0.9, 0.7, 0.4], 0.0),
    "rises": ([0.4, 0.7, 0.9], 0.0),
    "flat": ([0.8, 0.8, 0.8], 0.0),
    "hill": ([0.4, 0.9, 0.5], 0.0),
    "a hole in the middle": ([0.9, np.nan, 0.7], 0.0),
    "an undefined end": ([0.9, 0.4, np.nan], np.nan),
}


@pytest.mark.parametrize("name", CURVES)
def test_the_depth_counts_from_the_lower_end(name):
    values, depth = CURVES[name]
    found = u_depth(pd.DataFrame([values, values]))
    assert found.to_numpy() == pytest.approx([depth, depth], nan_ok=True)
