"""The networks that are timed are those of the masks, made or stored."""

import pytest
import torch

from benchmarks import zeros
from lib.models import build_model
from lib.pruning import Mask
from lib.study.stored_networks import save_network


def made_up_case(network):
    generator = torch.Generator().manual_seed(0)
    mask = Mask.complete(network)
    for name, whole in mask.kept.items():
        mask.kept[name] = zeros.random_mask(whole, 0.25, 3, generator)
    return mask


def test_a_made_mask_has_its_density_and_its_filters_without_weights():
    kept = zeros.random_mask(torch.ones(8, 4, 3, 3), 0.25, 3, torch.Generator().manual_seed(0))
    assert kept.sum() == 0.25 * kept.numel()
    assert not kept[:3].any()
    assert kept[3:].flatten(1).any(1).all()


def test_stored_networks_are_timed_with_their_weights_and_their_masks(tmp_path):
    network = build_model("vgg_svhn", width=0.125).eval()
    mask = made_up_case(network)
    mask.apply_(network)
    (tmp_path / "networks").mkdir()
    save_network(tmp_path, 7, network, mask)
    [case] = zeros.stored(tmp_path, "vgg_svhn", 0.125)
    name, found, _ = case
    assert name == "iteration 7"
    for key, value in network.state_dict().items():
        assert torch.equal(found.state_dict()[key], value)
    row = zeros.measure(case, batch=1, turns=2, seconds=0)
    assert row["weights left"] == pytest.approx(0.25, abs=0.01)
    assert row["channels left"] < row["channels"]
    assert row["difference"] < 1e-6
    assert row["masked low"] <= row["masked"] <= row["masked high"]
