"""The plan for ImageNet: counts that are known, and a page that says what the tables say."""

import pandas as pd
import pytest
import torch

from benchmarks import imagenet
from benchmarks.pages import put
from lib import ROOT
from lib.metrics import StreamedComparison

FOLDER = ROOT / "benchmarks"


@pytest.fixture(scope="module")
def networks():
    return pd.read_csv(FOLDER / "imagenet.csv").set_index("network")


@pytest.fixture(scope="module")
def layers():
    return pd.read_csv(FOLDER / "imagenet_layers.csv")


def test_the_networks_are_the_known_ones(networks):
    """Multiplications with additions, as torchvision's page gives them, are two operations."""
    assert networks.loc["resnet18", "forward FLOP"] == pytest.approx(2 * 1.81e9, rel=0.01)
    assert networks.loc["resnet50", "forward FLOP"] == pytest.approx(2 * 4.09e9, rel=0.01)
    assert networks["parameters"].to_dict() == {"resnet18": 11_689_512, "resnet50": 25_557_032}


def test_resnet50_takes_what_the_page_on_costs_says(networks):
    costs = pd.read_csv(FOLDER / "costs.csv").set_index("network")
    for column in ("forward FLOP", "step FLOP", "layers"):
        assert networks.loc["resnet50", column] == pytest.approx(costs.loc["resnet50", column])


def test_sums_take_the_memory_that_the_formula_says(layers):
    x = torch.randn(3, 64, 2, 2)
    sums = StreamedComparison()
    sums.update(x, x)
    held = sum(state.nbytes for state in sums.metric_state.values())
    stem = layers[(layers["network"] == "resnet18") & (layers["layer"] == "relu")].iloc[0]
    assert stem["sums bytes"] == pytest.approx(held, rel=0.02)  # the means are not in the formula
    assert stem["sums bytes"] == 8 * (64 + 64) ** 2


def test_counts_are_those_of_the_products(layers):
    """A symmetric product is computed in up to eight stripes, from the diagonal down."""
    positions, columns = layers["positions"], 2 * layers["channels"]
    products = 2 * columns**2 * (1 + 1 / (columns / 64).clip(upper=8)) / 2
    assert layers["channels FLOP"].to_numpy() == pytest.approx(positions * products)
    assert layers["gap FLOP"].to_numpy() == pytest.approx(products)


def test_the_committed_layers_are_counted_again(layers):
    network = imagenet.empty_network("resnet18")
    again = pd.DataFrame(imagenet.layer_rows("resnet18", network))
    committed = layers[layers["network"] == "resnet18"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, committed, rtol=1e-4, check_dtype=False)


def test_times_are_work_by_rate(networks):
    for _, row in networks.iterrows():
        for end in ("best", "worst"):
            seconds = row["train images"] * row["epochs"] / row[f"images/s {end}"]
            assert row[f"training hours {end}"] == pytest.approx(seconds / 3600, rel=1e-4)
        assert row["training hours best"] < row["training hours worst"]
        trainings = (1 + row["iterations"]) * row["training hours worst"] / 24
        compared = row["iterations"] * row["comparing minutes worst"] / 60 / 24
        assert row["chain days worst"] == pytest.approx(trainings + compared, rel=1e-4)


def test_the_page_has_the_tables():
    page = (ROOT / "book" / "large_data.md").read_text(encoding="utf-8")
    assert put(page, imagenet.markdown(FOLDER), "benchmarks.imagenet") == page


def test_a_page_without_a_marker_is_refused():
    with pytest.raises(ValueError, match="must have the lines <!-- layers: benchmarks.imagenet"):
        put("a page", {"layers": ""}, "benchmarks.imagenet")
