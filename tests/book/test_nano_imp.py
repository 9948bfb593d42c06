"""The method in one file gives what the library gives, though the two share nothing."""

import importlib.util
import re
from itertools import count

import nbformat
import numpy as np
import pandas as pd
import pytest
import torch

from lib import metrics
from lib.data import Dataset, Images
from lib.metrics import compare
from lib.models import record_layers, recorded_layers
from lib.models.vgg import VGG
from lib.pruning import iterative_magnitude_pruning
from lib.repository import ROOT
from lib.training import Momentum, Recipe, Steps, Training, evaluate

FILE = ROOT / "notebooks" / "nano_imp" / "page.py"
ITERATIONS = 2


@pytest.fixture(scope="module")
def nano():
    spec = importlib.util.spec_from_file_location("nano_imp", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ITERATIONS, module.EPOCHS, module.MILESTONES = ITERATIONS, 2, (1,)
    module.TEST = 200
    return module


@pytest.fixture(scope="module")
def dataset(nano):
    """The digits as the library keeps images, with the same splits."""
    images, classes, test_images, test_classes = nano.digits()

    def split(images, classes):
        return Images((images * nano.STD + nano.MEAN).round().byte(), classes)

    scale = {"mean": (nano.MEAN / 255,), "std": (nano.STD / 255,)}
    train, test = split(images, classes), split(test_images, test_classes)
    names = tuple("0123456789")
    return Dataset("digits", train, test, names, description="Digits.", **scale)


def by_library(nano, dataset, levels, monkeypatch):
    """The tables of nanoIMP's study as the library computes them, from the same random numbers."""
    network = VGG([list(block) for block in nano.BLOCKS], 10, 1).double()
    initial = nano.new_network(0).parameters()
    with torch.no_grad():
        for weights, given in zip(network.parameters(), initial, strict=True):
            weights.copy_(given)
    momentum = Momentum(0.9, 1e-4, nesterov=True)
    recipe = Recipe(nano.EPOCHS, nano.BATCH, momentum, Steps(nano.RATE, nano.MILESTONES))
    layers = [name for name, _ in recorded_layers(network)]
    images = (dataset.test.pixels.double() - nano.MEAN) / nano.STD
    trainings, performance, similarity, original = count(), [], [], {}

    def train(network, mask):
        orders = iter(nano.orders(0, next(trainings), len(dataset.train)))
        monkeypatch.setattr(torch, "randperm", lambda *_, **__: next(orders))
        training = Training(network, dataset, recipe, 0, after_step=mask.keeper(network))
        while not training.finished:
            training.run_epoch()

    pruned = iterative_magnitude_pruning(network, train, levels)
    for iteration, (_, _, mask) in enumerate(pruned):  # of which the first level is 1
        key = {"iteration": iteration, "remaining": mask.remaining}
        performance.append(key | {"accuracy": evaluate(network, dataset.test, dataset)[0]})
        outputs = record_layers(network, images, layers)
        original = original or outputs
        for layer in layers if iteration > 0 else []:
            for row in compare(original[layer], outputs[layer], metrics=list(nano.METRICS)):
                value = {"layer": layer, "metric": row["metric"], "value": row["value"]}
                similarity.append(key | value)
    return pd.DataFrame(performance), pd.DataFrame(similarity)


def test_its_tables_are_those_of_the_library(nano, dataset, monkeypatch):
    """Pruning is iterated in a function of the library, training in a loop of the study's."""
    performance, similarity = nano.study(seed=0)
    levels = performance.remaining
    expected_performance, expected = by_library(nano, dataset, levels, monkeypatch)
    pd.testing.assert_frame_equal(performance, expected_performance, rtol=0, atol=1e-6)
    key = ["iteration", "layer", "metric"]
    found, expected = (table.set_index(key).sort_index() for table in (similarity, expected))
    assert len(found) == ITERATIONS * 7 * 5
    pd.testing.assert_frame_equal(found, expected, rtol=0, atol=1e-6)
    # so that equality says something
    assert performance.accuracy.min() > 0.8
    assert found.value.between(0, 0.99).mean() > 0.5
    assert performance.remaining.iloc[-1] == pytest.approx(0.8**ITERATIONS, abs=1e-3)


def test_the_result_on_top_is_what_the_page_prints():
    cells = nbformat.read(ROOT / "book" / "nano_imp.ipynb", as_version=4).cells
    texts = [out.text for cell in cells for out in cell.get("outputs", []) if "text" in out]
    printed = [line.split() for line in "".join(texts).splitlines()]
    rows = [
        line.strip("| ").split(" | ") for line in re.findall(r"^\|.*\|$", cells[0].source, re.M)
    ]
    heads, _, *rows = rows
    assert ["metric", *heads[1:]] in printed
    assert len(rows) == 7
    assert all(row in printed for row in rows)
    left, pruned, original = map(float, re.findall(r"([\d.]+) %", cells[0].source))
    performance = [row for row in printed if row[0].isdigit()]
    assert [float(performance[0][2]), float(performance[-1][2])] == [original / 100, pruned / 100]
    assert float(performance[-1][1]) == pytest.approx(left / 100, abs=0.005)


def test_a_constant_channel_adds_no_direction(nano):
    """Centring leaves what rounding leaves of it, which is no direction."""
    x = np.random.default_rng(0).standard_normal((500, 6))
    y = np.column_stack([x[:, :3], np.full((500, 3), 0.1)])
    centred = nano.by_position(y)
    assert np.abs(centred[:, 3:]).max() > 0  # or there would be nothing to test
    found = [metric(nano.by_position(x), centred) for metric in (nano.mean_cca, nano.pwcca)]
    assert found == pytest.approx([metrics.mean_cca(x, y), metrics.pwcca(x, y)], abs=1e-9)


def test_it_imports_nothing_of_this_repository():
    assert not re.search(r"^\s*(from|import) (lib|notebooks)\b", FILE.read_text(), re.MULTILINE)
