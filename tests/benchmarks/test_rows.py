"""Each benchmark compares what is equal, and a row of its table has what a claim of speed needs."""

import pandas as pd
import pytest
import torch

from benchmarks import (
    compare_networks,
    plain,
    similarity,
    training,
)
from lib.metrics import METRICS
from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from lib.study.paper import PAPER


def assert_ratio(row, name="ratio"):
    assert row["repeats"] == 2
    assert row[f"{name} min"] <= row[name] <= row[f"{name} max"]


@pytest.mark.parametrize(
    "case",
    similarity.CASES,
    ids=lambda c: f"{c.alternative}-{c.shape[1]}",
)
def test_a_metric_and_its_alternative_compute_the_same_number(case):
    n, p = (80, 200) if case.shape[0] < case.shape[1] else (200, 12)
    x, y = similarity.made_up((n, p))
    alternative = getattr(plain, case.alternative)(x, y)
    assert METRICS[case.metric](x, y) == pytest.approx(alternative, abs=1e-6)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_metric_and_its_alternative_are_timed():
    row = similarity.measure(similarity.Case("cka", (200, 50), "cka_by_gram"), repeats=2)
    assert row["difference"] < 1e-6
    assert row["MiB"] >= 0
    assert row["seconds"] > 0
    assert_ratio(row)


def test_training_loops_are_timed():
    row = training.measure("vgg_svhn", "cpu", seconds=0.1, repeats=2, width=0.05)
    assert all(row[f"{side} images/s"] > 0 for side in training.SIDES)
    for side in ("float32", "bfloat16"):
        assert_ratio(row, f"{side} ratio")


@pytest.mark.parametrize("name", ["vgg_svhn", "resnet_fast"])
def test_the_plain_loop_trains_and_keeps_the_mask(name):
    recipe = PAPER[name].recipe
    network = build_model(name, 10, 0.05, generator=torch.Generator().manual_seed(0))
    mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
    before = {k: v.clone() for k, v in network.state_dict().items()}
    steps = training.plain(network, mask, training.made_up(2 * recipe.batch_size), recipe)
    assert [next(steps) for _ in range(3)] == [recipe.batch_size] * 3
    after = network.state_dict()
    assert any(not torch.equal(after[k], before[k]) for k in mask.kept)
    assert all((after[k][~kept] == 0).all() for k, kept in mask.kept.items())


@pytest.mark.parametrize("once", [True, False])
def test_a_comparison_takes_time_and_memory(tmp_path, once):
    out = tmp_path / "comparison.csv"
    cases = ["--again", "--once", "4"] if once else ["--again", "4", "--once"]
    some = ["--network", "resnet18", "--layers", "relu", "layer3.0", "fc"]
    options = [*some, "--size", "32", "--batch", "2", *cases]
    assert compare_networks.main([*options, "--out", str(out)]) == 0
    [row] = pd.read_csv(out).to_dict("records")
    assert (row["images"], row["read"]) == (4, ("again", "once")[once])
    assert 0 < row["numbers"] <= (8 if once else 4) * row["layers"]
    assert row["seconds"] > 0
    assert row["processor seconds"] > 0
    # means over positions are kept as they are, where there are fewer than channels
    assert row["peak MiB"] > once * row["sums MiB"] / 2
