"""Debiased CKA by batches is that of the accumulating metric, and says what it is."""

import pytest
import torch
from torch import nn

from lib import compare_networks
from lib.metrics import MinibatchCKA

LAYERS = ["0", "1", "4"]


def network(seed, offset=0.0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5)
        ).double()
    net[0].bias.data += offset
    return net


IMAGES = torch.randn(26, 3, 6, 6, generator=torch.Generator().manual_seed(0)).double()


def estimated(batch_size=8, images=IMAGES, **asked):
    asked = {"layers": (LAYERS, LAYERS), "metrics": ["cka_minibatch"], "say": None} | asked
    return compare_networks(network(0), network(1), images, batch_size=batch_size, **asked)


@pytest.mark.parametrize("reshape", ["flat", "gap"])
def test_it_is_that_of_the_accumulating_metric(reshape):
    table = estimated(reshapes=[reshape])
    assert len(table) == 9
    for row in table.itertuples():
        metric = MinibatchCKA(reshape)
        for batch in IMAGES[:24].split(8):
            x = network(0)[: int(row.layer_x) + 1](batch).detach()
            metric.update(x, network(1)[: int(row.layer_y) + 1](batch).detach())
        assert row.value == pytest.approx(metric.compute().item(), abs=1e-12)
        assert (row.metric, row.reshape) == ("cka_minibatch", reshape)
        assert row.note == "mean over 3 batches of 8 images, without 2 in batches of fewer than 4"
        assert row.ci_note == "estimated batch by batch; ask for cka_debiased"


def test_one_batch_of_all_images_is_debiased_cka():
    table = estimated(26, metrics=["cka_debiased", "cka_minibatch"])
    of = table.pivot(index=["layer_x", "layer_y"], columns="metric", values="value")
    assert of.cka_minibatch.to_numpy() == pytest.approx(of.cka_debiased.to_numpy(), abs=1e-12)


def test_a_large_offset_costs_few_digits_in_the_precision_of_the_network():
    asked = {"layers": ["0"], "metrics": ["cka_minibatch"], "say": None, "batch_size": 13}
    sides = network(0, 100.0), network(1, 100.0)
    expected = compare_networks(*sides, IMAGES, **asked).value[0]
    found = compare_networks(*(side.float() for side in sides), IMAGES.float(), **asked).value[0]
    assert found == pytest.approx(expected, abs=1e-5)


def test_same_layers_of_images_that_come_once():
    every = estimated()
    once = estimated(images=iter(IMAGES.split(8)), layers=LAYERS)
    same = every[every.layer_x == every.layer_y]
    assert once.value.tolist() == pytest.approx(same.value.tolist(), abs=1e-14)


def test_where_there_is_none_the_note_says_why():
    few = estimated(3, layers=["0"])
    assert few.value.isna().all()
    assert few.note[0].startswith("mean over 0 batches of 0 images, without 26 in batches")
    constant = network(0)
    constant[0].weight.data.zero_()
    table = compare_networks(constant, network(1), IMAGES, ["0"], "cka_minibatch", say=None)
    assert table.value.isna().all()
    assert table.note[0].endswith("in none of them do both layers vary")
    assert estimated(metrics=["cka_minibatch", "svcca"], reshapes=["channels"]).metric.unique() == [
        "svcca"
    ]


def test_other_metrics_need_another_pass():
    with pytest.raises(ValueError, match="cka_minibatch wants a pass over the images of its own"):
        estimated(images=iter(IMAGES.split(8)), metrics=["cka_minibatch", "cka"], memory=1 << 10)
