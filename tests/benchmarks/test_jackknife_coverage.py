"""The coverage of intervals: code that takes all blocks at once agrees with that of the metrics."""

import numpy as np
import pytest
import torch

from benchmarks import jackknife_coverage as simulated
from lib.metrics import METRICS

IMAGES = 40
DRAW = torch.Generator().manual_seed(0)


def kept(block):
    """All images but those of a block."""
    size = IMAGES // simulated.BLOCKS
    return np.delete(np.arange(IMAGES), slice(block * size, (block + 1) * size))


@pytest.mark.parametrize("reshape", simulated.RESHAPES)
def test_values_of_all_blocks_at_once_are_those_of_the_metrics(reshape):
    x, y = (one.numpy() for one in simulated.POPULATIONS["dead channels"].draw(IMAGES, DRAW))
    if reshape == "flat":
        x, y = x[:, :9], y[:, :9]  # so that there are more rows than columns
    found = simulated.sample_values(x, y, reshape)
    for metric, values in found.items():
        expected = [METRICS[metric](x, y, reshape=reshape)]
        expected += [METRICS[metric](x[kept(i)], y[kept(i)], reshape=reshape) for i in range(2)]
        assert values[:3] == pytest.approx(expected, abs=1e-10), metric


def test_the_true_values_are_those_of_very_many_images():
    population = simulated.POPULATIONS["classes"]
    x, y = population.draw(20_000, DRAW)
    for reshape in simulated.RESHAPES:
        pair = population.pair(reshape)
        value = METRICS["cka"](x, y, reshape=reshape)
        assert METRICS["cka"].of_pair(pair) == pytest.approx(value, abs=0.02)
