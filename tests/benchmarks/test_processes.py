"""All ways train on equally many images, and a row has what a claim of speed needs."""

import pytest
import torch.distributed as dist

from benchmarks import processes
from lib.study.paper import PAPER


@pytest.mark.skipif(not dist.is_gloo_available(), reason="PyTorch was built without gloo")
def test_a_row_has_what_a_claim_of_speed_needs():
    row = processes.measure("vgg_svhn", 0.05, "cpu", processes=2, batches=1, repeats=2)
    assert row["images"] == 2 * PAPER["vgg_svhn"].recipe.batch_size
    assert row["repeats"] == 2
    assert all(row[f"{way} images/s"] > 0 for way in processes.WAYS)
    assert row["ratio min"] <= row["ratio"] <= row["ratio max"]
