"""The toys of the page of examples, and what is said of their comparisons."""

import pandas as pd
import pytest
import torch
from torch import nn

from lib.analyses.examples import analysis

IMAGES = torch.randn(60, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def comparison(svcca, cka):
    """Rows as of `compare_networks`, for layers a, b, ..."""
    rows = []
    for metric, values in (("svcca", svcca), ("cka", cka)):
        for layer, value in zip("abcd", values, strict=False):
            rows.append({"layer_x": layer, "metric": metric, "value": value})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("make", [analysis.small_resnet, analysis.small_transformer])
def test_a_toy_takes_images_of_eight_pixels_and_its_seed_decides_its_weights(make):
    networks = [make(seed).eval() for seed in (0, 0, 1)]
    assert networks[0](IMAGES[:3]).shape == (3, 10)
    weights = [next(w for w in network.parameters() if w.ndim == 4) for network in networks]
    assert weights[0].equal(weights[1])
    assert not weights[0].equal(weights[2])


def test_a_network_learns_and_its_order_of_images_is_that_of_the_seed():
    labels = (IMAGES.mean((1, 2, 3)) > 0).long()
    trained = []
    for seed in (0, 0, 1):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
        how = {"epochs": 40, "rate": 0.05, "seed": seed}
        trained.append(analysis.train_on_digits(network, IMAGES, labels, **how))
    assert not trained[0].training
    assert analysis.share_true(analysis.predicted(trained[0], IMAGES) == labels) > 0.9
    assert trained[0][1].weight.equal(trained[1][1].weight)
    assert not trained[0][1].weight.equal(trained[2][1].weight)


def test_comparisons_stand_side_by_side_and_are_counted_without_a_layer():
    one = comparison([1, 0.9, 0.8], [1, 0.5, 0.4])
    two = comparison([1, 0.7, 0.9], [1, 0.5, 0.3])
    table = analysis.side_by_side({"one": one, "two": two})
    assert [*table] == ["SVCCA, one", "SVCCA, two", "CKA, one", "CKA, two"]
    assert table.loc["b"].to_list() == [0.9, 0.7, 0.5, 0.5]
    assert analysis.count_lower(table, "two", "one", leave_out="a") == (3, 4)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "none"), (2, "few"), (3, "most"), (4, "all")],
)
def test_most_is_more_than_half(count, said):
    assert analysis.how_many(count, 4) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.1, 0.2, 0.3], "rises"),
        ([0.3, 0.2, 0.1], "falls"),
        ([0.1, 0.3, 0.2], "neither"),
    ],
)
def test_a_trend_has_no_step_back(values, said):
    assert analysis.block_trend(pd.Series(values)) == said


def test_the_farthest_value_is_measured_against_the_nearest_of_the_reference():
    near = comparison([1, 0.99], [0.995, 1])
    far = comparison([0.5, 0.8], [0.6, 0.7])
    assert analysis.farthest_share(near, far) == pytest.approx(0.05)


def test_retraining_and_quantisation_are_decided_by_counts_and_bars():
    tables = {
        "pruned": comparison([1, 0.9], [1, 0.9]),
        "retrained": comparison([1, 0.8], [1, 0.7]),
        "trained as long": comparison([1, 0.7], [1, 0.9]),
    }
    decided = analysis.decide_retraining(
        analysis.side_by_side(tables).rename({"a": "stem"}), before=0.7, after=0.9
    )
    assert [one.verdict for one in decided] == ["more", "all", "few"]
    copy, reference = comparison([1, 1], [1, 0.9999]), comparison([0.5, 0.6], [0.7, 0.8])
    decided = analysis.decide_quantised(copy, reference, torch.arange(200) > 0)
    assert [one.verdict for one in decided] == ["below a hundredth", "above 99 %"]
    decided = analysis.decide_quantised(reference, reference, torch.arange(100) > 0)
    assert [one.verdict for one in decided] == ["a hundredth or more", "99 % or fewer"]
