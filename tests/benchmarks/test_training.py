"""The two training loops do the same work, and a row has what a claim of speed needs."""

import pytest
import torch

from benchmarks import training
from benchmarks.precision import main as precision
from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from lib.study.paper import PAPER


def test_a_row_has_what_a_claim_of_speed_needs():
    row = training.measure("vgg_svhn", "cpu", seconds=0.1, repeats=2, width=0.05)
    assert row["repeats"] == 2
    for side in training.SIDES:
        assert row[f"{side} images/s"] > 0
    for side in ("float32", "bfloat16"):
        assert row[f"{side} ratio min"] <= row[f"{side} ratio"] <= row[f"{side} ratio max"]


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


def test_precisions_are_compared_seed_by_seed(tmp_path, capsys):
    out = tmp_path / "precision.csv"
    options = ["--network", "vgg_svhn", "--profile", "tiny", "--seeds", "2", "--device", "cpu"]
    assert precision([*options, "--out", str(out)]) == 0
    lines = out.read_text().splitlines()
    assert len(lines) == 1 + 2 * 2
    assert "std" in capsys.readouterr().out
