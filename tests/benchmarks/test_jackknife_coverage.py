"""The coverage of intervals: the true value is that of very many images."""

import pytest
import torch

from benchmarks.jackknife_coverage import POPULATIONS, RESHAPES
from lib.metrics import METRICS


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_true_values_are_those_of_very_many_images(name):
    x, y = POPULATIONS[name].draw(20_000, torch.Generator().manual_seed(0))
    for reshape in RESHAPES:
        value = METRICS["cka"](x, y, reshape=reshape)
        assert POPULATIONS[name].truth(reshape) == pytest.approx(value, abs=0.02)
