"""Benchmarks time equal computations, and give ratios with their range."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from benchmarks import similarity, training
from lib.metrics import METRICS
from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from notebooks.shared.paper import PAPER


def assert_ratio(row, name="ratio"):
    assert row["repeats"] == 2
    assert row[f"{name} min"] <= row[name] <= row[f"{name} max"]


@pytest.mark.parametrize("case", similarity.CASES, ids=str)
def test_a_metric_and_plain_code_compute_the_same_number(case):
    x, y = similarity.made_up((80, 200) if case.shape[0] < case.shape[1] else (200, 12))
    assert METRICS[case.metric](x, y) == pytest.approx(
        similarity.plain(case.metric, x.astype(float), y.astype(float))
    )


def test_a_metric_and_plain_code_are_timed(monkeypatch):
    monkeypatch.setattr(similarity, "apart", lambda compute, *given: compute(*given))
    row = similarity.measure(similarity.Case("cka", (200, 50)), repeats=2)
    assert row["difference"] < 1e-6
    assert row["MiB"] >= 0
    assert row["seconds"] > 0
    assert_ratio(row)


def test_training_loops_are_timed(tmp_path):
    file = tmp_path / "row.csv"
    given = f"--network vgg_svhn --width 0.05 --seconds 0.1 --repeats 2 --out {file}"
    training.main(given.split())
    (row,) = pd.read_csv(file).to_dict("records")
    assert all(row[f"{side} images/s"] > 0 for side in training.SIDES)
    for side in ("float32", "bfloat16"):
        assert_ratio(row, f"{side} ratio")


@pytest.mark.parametrize("name", ["vgg_svhn", "resnet_fast"])
def test_the_plain_loop_trains_and_keeps_the_mask(name):
    recipe = replace(PAPER[name].recipe, batch_size=50)
    network = build_model(name, 10, 0.05, generator=torch.Generator().manual_seed(0))
    mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
    before = {k: v.clone() for k, v in network.state_dict().items()}
    steps = training.plain(network, mask, training.made_up(2 * recipe.batch_size), recipe)
    assert [next(steps) for _ in range(3)] == [recipe.batch_size] * 3
    after = network.state_dict()
    assert any(not torch.equal(after[k], before[k]) for k in mask.kept)
    assert all((after[k][~kept] == 0).all() for k, kept in mask.kept.items())
