"""What is counted is what a pencil counts, and the published table is what is counted."""

import dataclasses

import pandas as pd
import pytest
import torch

from benchmarks import costs
from lib import ROOT
from lib.models import build_model
from lib.study.paper import PAPER


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(ROOT / "benchmarks" / "costs.csv").set_index("network")


def test_vgg16_by_hand():
    """A 3x3 convolution multiplies 9 c_in c_out times at each position."""
    channels = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    sides = [32, 32, 16, 16, 8, 8, 8, 4, 4, 4, 2, 2, 2]
    by_hand = sum(
        9 * before * after * side**2
        for before, after, side in zip(channels, channels[1:], sides, strict=False)
    )
    assert by_hand == 313_196_544
    counted = costs.network_work(build_model("vgg16_bn"), 32)
    assert counted["forward FLOP"] == 2 * (by_hand + 512 * 10)
    assert counted["weights"] == 14_710_464


@pytest.mark.parametrize("name", PAPER)
def test_a_step_is_three_forward_passes_but_for_the_gradient_of_the_image(name):
    counted = costs.network_work(build_model(name, width=0.25), 32)
    assert 2.9 < counted["step FLOP"] / counted["forward FLOP"] <= 3


def test_factorisations_cost_what_the_textbook_says():
    n = 60
    matrix = torch.eye(n, dtype=torch.float64)
    cubes = {
        "eigvalsh": lambda: torch.linalg.eigvalsh(matrix, UPLO="L"),
        "eigh": lambda: torch.linalg.eigh(matrix),
        "svdvals": lambda: torch.linalg.svdvals(matrix),
        "svd": lambda: torch.linalg.svd(matrix, full_matrices=False),
        "cholesky": lambda: torch.linalg.cholesky(matrix),
        "solve": lambda: torch.linalg.solve_triangular(matrix, matrix, upper=False),
        "product": lambda: matrix @ matrix,
        "added": lambda: matrix.clone().addmm_(matrix, matrix),
    }
    found = {name: costs.flop(work) / n**3 for name, work in cubes.items()}
    expected = {
        "eigvalsh": 4 / 3, "eigh": 9, "svdvals": 8 / 3, "svd": 22,
        "cholesky": 1 / 3, "solve": 1, "product": 2, "added": 2,
    }  # fmt: skip
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(64, 8, 8), (64, 2, 2)])  # more features than images, and fewer
def test_an_eighth_of_the_size_counts_like_the_whole(monkeypatch, shape):
    images, asked = 2400, {"metrics": ["svcca", "cka", "nbs"]}
    small = costs.comparison_flop([shape], images, **asked)
    monkeypatch.setattr(costs, "SHRUNK", 4)
    larger = costs.comparison_flop([shape], images, **asked)
    assert small.second == pytest.approx(larger.second, rel=0.15)
    assert small.first > small.second


def test_each_permutation_costs_the_same():
    asked = {"shapes": [(64, 4, 4)], "images": 400, "metrics": ["nbs"]}
    none, ten = (costs.comparison_flop(permutations=p, **asked) for p in (0, 10))
    assert none.null == 0
    assert ten.null > 0
    assert ten.second == pytest.approx(none.second + ten.null)
    twenty = costs.comparison_flop(permutations=20, **asked)
    assert twenty.null == pytest.approx(2 * ten.null)


def test_layers_of_one_shape_are_counted_each():
    once, twice = (costs.comparison_flop([(16, 2, 2)] * k, 80, metrics=["cka"]) for k in (1, 2))
    assert twice.second == 2 * once.second


def test_views_are_no_operations():
    matrix = torch.ones(2, 3)
    with costs.Operations() as operations:
        matrix.T.reshape(6, 1)[0]
    before = operations.count
    with operations:
        matrix + 1
    assert operations.count == before + 1


def test_the_published_table_is_what_is_counted(table):
    assert list(table.index) == [*PAPER, "resnet50"]
    for name, experiment in PAPER.items():
        row = table.loc[name]
        assert row["epochs"] == experiment.recipe.epochs
        assert row["batch"] == experiment.recipe.batch_size
        assert row["runs"] == len(experiment.prune_seeds)
        assert row["iterations"] == experiment.pruning.iterations
        counted = costs.network_work(build_model(name), 32)
        assert {key: row[key] for key in counted} == pytest.approx(counted)


def test_resnet50_is_the_known_one(table):
    assert table.loc["resnet50", "forward FLOP"] == pytest.approx(2 * 4.09e9, rel=0.01)
    assert table.loc["resnet50", "parameters"] == 25_557_032
    assert table.loc["resnet50", "largest"] == 256 * 56 * 56


def test_a_row_has_all_that_the_page_reads(table, monkeypatch, tmp_path):
    experiment = PAPER["vgg_svhn"]
    small = dataclasses.replace(
        experiment, probe=dataclasses.replace(experiment.probe, images=160), permutations=1
    )
    monkeypatch.setitem(costs.PAPER, "vgg_svhn", small)
    out = tmp_path / "costs.csv"
    assert costs.main(["--network", "vgg_svhn", "--out", str(out)]) == 0
    row = pd.read_csv(out).set_index("network")
    assert list(row.columns) == list(table.columns)
    same = ["train images", "operations", "weights", "layers", "largest", "values"]
    assert row.loc["vgg_svhn", same].tolist() == table.loc["vgg_svhn", same].tolist()
    assert row.loc["vgg_svhn", "further FLOP"] < table.loc["vgg_svhn", "further FLOP"]
