"""An original beside its pruned networks, level by level: one table, one picture."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from lib import compare_levels, compare_networks, plot_levels
from lib.compare import Comparison
from lib.metrics.second_moments import Gram, Scatter
from lib.pruning import iterative_magnitude_pruning

from .networks import seeded

IMAGES = torch.rand(60, 3, 8, 8, generator=torch.Generator().manual_seed(0))
LEVELS = (0.5, 0.25, 0.1)
ASKED = {"metrics": ["cka", "svcca"], "reshapes": ["gap", "channels"], "say": None}
STRANGERS = ["stranger_1", "stranger_2"]


def network(seed):
    convolutions = seeded(seed, lambda: (nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 3)))
    out = seeded(seed, nn.Linear, 96, 5)
    return nn.Sequential(convolutions[0], nn.ReLU(), convolutions[1], nn.Flatten(), out)


@torch.no_grad()
def train(network, mask):
    network[2].bias.add_(0.1)


def pruned():
    """The levels of `network(0)`, whose biases a training moves."""
    return iterative_magnitude_pruning(network(0), train, LEVELS)


@pytest.fixture(scope="module")
def table():
    return compare_levels(network(0), pruned(), IMAGES, strangers=[network(1), network(2)], **ASKED)


def test_values_are_those_of_compare_networks_level_by_level(table):
    strangers = [network(1), network(2)]
    for level, of_level, _ in pruned():
        rows = table[table.level == level].drop(columns="level").reset_index(drop=True)
        alone = compare_networks(network(0), of_level, IMAGES, strangers=strangers, **ASKED)
        pd.testing.assert_frame_equal(rows, alone, check_exact=True)
    assert [*table.level.unique()] == [*LEVELS]


def test_statistics_of_the_original_and_of_strangers_are_computed_once(monkeypatch):
    """Four levels and two strangers: seven networks of twelve layers, and two matrices a layer."""
    found = []
    for kind in (Gram, Scatter):
        of = kind.of
        count = lambda *given, of=of: found.append(0) or of(*given)  # noqa: E731
        monkeypatch.setattr(kind, "of", count)
    make = lambda seed: nn.Sequential(  # noqa: E731
        *(seeded(seed + i, nn.Conv2d, 3, 3, 3, 1, 1) for i in range(0, 12))
    )
    levels = {level: make(100 * i) for i, level in enumerate((0.8, 0.6, 0.4, 0.2), 1)}
    asked = {"metrics": ["svcca", "cka"], "say": None}
    table = compare_levels(
        make(0), levels.items(), IMAGES, strangers=[make(500), make(600)], **asked
    )
    assert len(table) == 4 * 12 * 2
    assert table.relative.notna().all()
    assert len(found) == 7 * 12 * 2 == 168


def test_levels_in_a_folder_are_not_compared_again(table, tmp_path, monkeypatch):
    asked = ASKED | {"strangers": [network(1), network(2)], "folder": tmp_path}
    first = compare_levels(network(0), pruned(), IMAGES, **asked)
    pd.testing.assert_frame_equal(first, table, check_exact=True)
    assert len([*tmp_path.glob("level_0.*.csv")]) == 3
    with monkeypatch.context() as patched:
        patched.setattr(Comparison, "rows", None)
        again = compare_levels(network(0), pruned(), IMAGES, **asked)
    pd.testing.assert_frame_equal(again, table, check_exact=True)
    assert again.attrs["images"] == 60
    compare_levels(network(0), pruned(), IMAGES[:50], **asked)
    assert len([*tmp_path.iterdir()]) == 6


def test_levels_in_a_folder_are_compared_again_if_code_or_inputs_are_others(tmp_path):
    """Whatever the code is in: a module without weights, or `forward`, whose batches count, too."""
    asked = {"layers": ["2"], "metrics": "cka", "say": None}
    original, level = network(0), network(1)
    cases = [{}, {"images": {"x": IMAGES}, "forward": lambda net, batch: net(batch["x"])}]
    cases += [cases[1] | {"images": {"x": IMAGES.flip(3)}}]
    cases += [cases[1] | {"forward": lambda net, batch: net(1 - batch["x"])}, {"act": nn.Tanh()}]
    for case in cases:
        given = {"images": IMAGES} | asked | case
        original[1] = level[1] = given.pop("act", nn.ReLU())
        kept, right = (
            compare_levels(original, [(0.5, level)], **given, **more)
            for more in ({"folder": tmp_path}, {})
        )
        pd.testing.assert_frame_equal(kept, right, check_exact=True)


def test_an_original_that_changes_meanwhile_is_refused():
    shared = network(0)
    levels = (
        (level, deepcopy(shared)) for level in LEVELS if shared[0].bias.data.add_(1) is not None
    )
    with pytest.raises(ValueError, match="a: its weights have changed since"):
        compare_levels(shared, levels, IMAGES, **ASKED)


def test_a_wrong_argument_is_refused_before_any_level_is_trained():
    levels = iterative_magnitude_pruning(network(0), lambda *_: pytest.fail("trained"), LEVELS)
    with pytest.raises(ValueError, match="layers of a: unknown module '3x'"):
        compare_levels(network(0), levels, IMAGES, layers=["3x"], say=None)


def test_what_comes_only_once_is_kept_and_layers_are_told_once(table):
    said = []
    again = compare_levels(
        network(0),
        ((level, deepcopy(of_level)) for level, of_level, _ in pruned()),
        iter(IMAGES.split(20)),
        strangers=map(network, (1, 2)),
        **ASKED | {"say": said.append},
    )
    pd.testing.assert_frame_equal(again, table, rtol=1e-6)
    assert len(said) == 1
    assert again.attrs == {"images": 60, "layers": said[0]}


def test_a_line_is_the_mean_over_layers_and_the_band_from_the_least_to_the_most_similar_stranger(
    table,
):
    rows = table[(table.metric == "cka") & (table.reshape == "gap")]
    axes = plot_levels(rows)
    assert [text.get_text() for text in axes.get_xticklabels()] == ["50 %", "25 %", "10 %"]
    assert axes.get_legend_handles_labels()[1] == ["cka gap", "strangers"]
    mean = rows.groupby("level", sort=False)[["value", *STRANGERS]].mean()
    own, others = (line.get_ydata() for line in axes.lines)
    assert np.array_equal(own, mean.value)
    assert np.array_equal(others, mean[STRANGERS].mean(axis=1))
    [band] = axes.collections
    points = band.get_paths()[0].vertices
    for x, (_, ends) in enumerate(mean[STRANGERS].iterrows()):
        drawn = points[points[:, 0] == x, 1]
        assert (drawn.min(), drawn.max()) == pytest.approx((ends.min(), ends.max()), abs=1e-12)
    assert len(plot_levels(table).lines) == 2 * len(table.groupby(["metric", "reshape"]))


def test_a_layer_without_a_value_at_one_level_counts_at_none(table):
    rows = table[(table.metric == "cka") & (table.reshape == "gap")].reset_index(drop=True)
    first = rows.layer_x[0]
    for gap in ("value", "stranger_2"):
        lacking = rows.assign(**{gap: rows[gap].where(rows.index > 0)})
        lines = plot_levels(lacking).lines, plot_levels(rows[rows.layer_x != first]).lines
        for line, expected in zip(*lines, strict=True):
            assert np.array_equal(line.get_ydata(), expected.get_ydata())
    with pytest.raises(ValueError, match="no layer has values at every level; the column `note`"):
        plot_levels(rows.assign(value=np.nan))
    with pytest.raises(ValueError, match="cka gap compares a layer with several layers; draw them"):
        plot_levels(pd.concat([rows, rows]))


def prune_the_original():
    original = network(0)
    return original, iterative_magnitude_pruning(original, train, LEVELS)


WRONG = {
    "^levels: got none; an iterator": lambda: (network(0), iter(())),
    "one network several times, in its state after the last": lambda: (network(0), [*pruned()]),
    "^level 0.5: got the original itself.*prune a copy.deepcopy": prune_the_original,
    "(?s)layers.* of b.*b the network of level 0.5": lambda: (network(0), [(0.5, nn.Flatten())]),
    "^levels: got float, want pairs of the share": lambda: (network(0), {0.5: network(1)}),
    "^levels: got Sequential, want pairs": lambda: (network(0), map(network, (1, 2))),
    "^levels: got str, Sequential, want pairs": lambda: (network(0), [("50 %", network(1))]),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_are_no_levels_of_the_original_is_refused(message):
    original, levels = WRONG[message]()
    with pytest.raises((TypeError, ValueError), match=message):
        compare_levels(original, levels, IMAGES, layers=["0", "4"], say=None)


def test_an_argument_that_is_misspelt_is_named():
    with pytest.raises(ValueError, match="unknown argument 'metrix'. Did you mean 'metrics'"):
        compare_levels(network(0), pruned(), IMAGES, metrix="cka")
