"""What the page computes in the browser is what `lib.metrics` computes, to 1e-3."""

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from lib import ROOT
from lib.analyses.alive.export import (
    CHECKED_IMAGES,
    IMAGES,
    SHOWN_METRICS,
    at_half_precision,
    contents,
    write_data,
)
from lib.data import load_dataset, normalise
from lib.metrics import METRICS as ALL_METRICS
from lib.models import build_model
from lib.models.recording import record_layers

SCRIPTS = ROOT / "book" / "_static"
PAGE_BYTES = 2_000_000

if shutil.which("node") is None:
    pytest.skip("node is not installed, which runs the page's scripts", allow_module_level=True)


def computed(file, *changes):
    command = ["node", Path(__file__).with_name("compare.js"), SCRIPTS, file, *changes]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def network(seed, share):
    """One with random weights, of which a share is left, and with random normalisation."""
    draw = torch.Generator().manual_seed(seed)
    model = build_model("vgg_svhn", width=0.125, generator=draw)
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.weight.data.mul_(torch.rand(module.weight.shape, generator=draw) < share)
        if isinstance(module, torch.nn.BatchNorm2d):
            module.bias.data.normal_(generator=draw)
            module.running_var.uniform_(0.5, 2, generator=draw)
    return at_half_precision(model)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Two networks that are not the page's: what is expected of them, and what is computed."""
    setting = SimpleNamespace(dataset=load_dataset("digits", "datasets"))
    networks = [network(0, 1.0), network(1, 0.3)]
    file = tmp_path_factory.mktemp("alive") / "data.js"
    data = contents(networks, setting, [1])
    write_data(data, file)
    [seen] = computed(file, "changes")
    return SimpleNamespace(networks=networks, data=data, seen=seen, dataset=setting.dataset)


def check_values(expected, seen):
    assert seen["accuracies"] == pytest.approx(expected["accuracies"])
    assert list(seen["layers"]) == list(expected["layers"])
    for layer, values in expected["layers"].items():
        assert seen["layers"][layer] == pytest.approx(values, abs=1e-3), layer


def test_the_published_page_computes_what_was_expected_of_it():
    text = (SCRIPTS / "alive_data.js").read_text()
    data = json.loads(text[text.index("{") : text.index(";\n")])
    seen = computed(SCRIPTS / "alive_data.js")
    assert [case["iteration"] for case in data["expected"]] == [5, 20]
    for case, values in zip(data["expected"], seen, strict=True):
        check_values(case, values)
    shipped = [*SCRIPTS.glob("alive*.js"), ROOT / "book" / "alive.md"]
    assert sum(file.stat().st_size for file in shipped) <= PAGE_BYTES


def test_other_networks_give_what_the_library_gives(fresh):
    check_values(fresh.data["expected"][0], fresh.seen)


def test_shuffled_images_give_what_the_library_gives(fresh):
    pixels = fresh.dataset.test.pixels[-IMAGES:][:CHECKED_IMAGES]
    inputs = normalise(pixels, fresh.dataset.mean, fresh.dataset.std)
    layers = list(fresh.seen["layers"])
    x, y = (record_layers(model, inputs, layers) for model in fresh.networks)
    order = fresh.seen["order"]
    assert sorted(order) == list(range(CHECKED_IMAGES))
    for layer in layers:
        seen = fresh.seen["shuffled"][layer]
        for metric in SHOWN_METRICS:
            options = {"threshold": 0.9} if metric == "svcca" else {}
            value = ALL_METRICS[metric](x[layer], y[layer][order], **options)
            assert seen[metric] == pytest.approx(value, abs=1e-3), (layer, metric)


def test_a_rotation_moves_pwcca_alone_and_of_the_complete_network_alone(fresh):
    for layer, given in fresh.seen["layers"].items():
        values = {metric: given[metric] for metric in SHOWN_METRICS}
        assert fresh.seen["pruned_rotated"][layer] == pytest.approx(values, abs=1e-3)
        turned = fresh.seen["complete_rotated"][layer]
        assert turned | {"pwcca": 0} == pytest.approx(values | {"pwcca": 0}, abs=1e-3)
    turned, given = (fresh.seen[key]["conv3_2"] for key in ("complete_rotated", "layers"))
    assert abs(turned["pwcca"] - given["pwcca"]) > 1e-3


CLOUDS = [
    {"points": 40},
    {"points": 40, "turn": 1.0, "size": 0.5},
    {"points": 40, "stretch": 3},
    {"points": 100, "noise": 1.0, "turn": 0.3},
    {"points": 6, "exchanged": 1.0},
    {"points": 200, "exchanged": 0.5, "stretch": 0.2},
]


def test_the_cloud_of_points_gives_what_the_library_gives():
    command = ["node", Path(__file__).with_name("cloud.js"), SCRIPTS, json.dumps(CLOUDS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    plain, turned, stretched, *others = json.loads(done.stdout)
    for seen in (plain, turned, stretched, *others):
        x, y = (torch.tensor(seen[side], dtype=torch.float64) for side in ("cloud", "copy"))
        for name, value in seen["values"].items():
            assert value == pytest.approx(ALL_METRICS[name](x, y), abs=1e-3), name
    # what the page says of it
    assert turned["values"] == pytest.approx(dict.fromkeys(SHOWN_METRICS, 1), abs=1e-6)
    assert stretched["values"]["svcca"] == pytest.approx(1, abs=1e-6)
    assert stretched["values"]["cka"] < stretched["values"]["nbs"] < 0.9
    assert others[1]["values"]["svcca"] > others[2]["values"]["svcca"] > 0
