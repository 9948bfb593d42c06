"""All ways train on equally many images, and a row has what a claim of speed needs."""

import pytest
import torch
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


def test_a_job_trains_and_keeps_its_mask(monkeypatch):
    networks = []
    build = processes.build_model
    monkeypatch.setattr(
        processes, "build_model", lambda *given: networks.append(build(*given)) or networks[-1]
    )
    train = processes.trainer("vgg_svhn", 0.05, torch.device("cpu"), shared=False)
    weight = networks[0].conv2_1.conv.weight
    before = weight.detach().clone()
    train(2, 10)
    assert not torch.equal(weight, before)
    assert (weight[before == 0] == 0).all()
    assert (before == 0).any()
