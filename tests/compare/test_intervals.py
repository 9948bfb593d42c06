"""The intervals of a comparison: those of the metrics, or why there are none."""

import pytest
import torch
from torch import nn

from lib import compare_networks
from lib.metrics import jackknife_interval
from lib.models import record_layers

IMAGES = torch.rand(400, 2, 3, 3, generator=torch.Generator().manual_seed(0))
ASKED = {"layers": ["0"], "metrics": ["cka", "pwcca", "mean_cca"], "say": None}


@pytest.fixture(scope="module")
def networks():
    torch.manual_seed(0)
    return [nn.Sequential(nn.Conv2d(2, 3, 2), nn.Flatten()) for _ in "ab"]


def test_they_are_those_of_the_metrics(networks):
    table = compare_networks(*networks, IMAGES, **ASKED, level=0.9).set_index("metric")
    x, y = (record_layers(network, IMAGES, ["0"])["0"] for network in networks)
    interval = jackknife_interval(x, y, level=0.9)
    row = table.loc["cka"]
    assert row.ci_low < row.value < row.ci_high
    assert (row.ci_low, row.ci_high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert row.ci_note == ""
    for metric in ("pwcca", "mean_cca"):
        assert table.ci_low.isna()[metric]
        assert table.ci_note[metric].startswith(f"{metric}: only CKA has an interval")
    without = compare_networks(*networks, IMAGES, **ASKED, level=None)
    assert without.ci_low.isna().all()
    assert (without.ci_note == "").all()
