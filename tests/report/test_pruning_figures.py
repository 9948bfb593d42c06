"""Figures and tables of the chapter on pruning: what they say is what the masks say."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from lib.pruning import FineTune, LearningRateRewind, Mask, Reinitialise, WeightRewind
from lib.report import pruning_figures as figures
from lib.report.panels import Panels
from lib.training import Momentum, Recipe, Steps

RECIPE = Recipe(epochs=6, batch_size=10, optimiser=Momentum(), schedule=Steps(0.1, (2, 4)))
CONSTANT = Recipe(epochs=3, batch_size=10, optimiser=Momentum(), schedule=Steps(0.001, ()))

WAYS = {
    "rate": (LearningRateRewind(), [(RECIPE, (0, 0))] * 2),
    "tune": (FineTune(3, 0.001), [(CONSTANT, (0, 0))] * 2),
    "start": (WeightRewind(), [(RECIPE, (0, 0))] * 2),
    "late": (WeightRewind(2), [(RECIPE, (2, 0))] * 2),
}


def weights():
    draws = torch.Generator().manual_seed(0)
    return {
        "wide.weight": 0.1 * torch.randn(6, 5, 3, 3, generator=draws, dtype=torch.float64),
        "thin.weight": 0.5 * torch.randn(4, 6, generator=draws, dtype=torch.float64),
    }


def above(limit):
    return Mask({name: weight.abs() > limit for name, weight in weights().items()})


WHOLE, FIRST, SECOND = above(-1.0), above(0.05), above(0.1)
STEPS = (figures.PruningStep(FIRST, 0.52, 0.9), figures.PruningStep(SECOND, 0.44, 0.86))


def test_the_threshold_parts_what_went_from_what_stayed():
    for before, after, limit in ((WHOLE, FIRST, 0.05), (FIRST, SECOND, 0.1)):
        found = figures.threshold(weights(), before, after)
        assert found == pytest.approx(limit, abs=0.01)
        for name, kept in after.kept.items():
            assert torch.equal(kept, before.kept[name] & (weights()[name].abs() > found))


def test_without_one_threshold_there_is_none_to_show():
    with pytest.raises(ValueError, match="nothing was pruned"):
        figures.threshold(weights(), FIRST, FIRST)
    each_its_own = Mask({"wide.weight": FIRST.kept["wide.weight"], **dict([_top("thin.weight")])})
    with pytest.raises(ValueError, match="went and one of"):
        figures.threshold(weights(), WHOLE, each_its_own)


def _top(name):
    size = weights()[name].abs()
    return name, size > size.median()


def test_the_bars_are_all_surviving_weights_and_the_threshold_is_their_border():
    panels = figures.histograms(weights(), FIRST, SECOND)
    assert list(panels.figures) == ["wide", "thin"]
    limit = figures.threshold(weights(), FIRST, SECOND)
    for name, figure in panels.figures.items():
        kept, gone = figure.axes[0].patches
        values, edges, _ = gone.get_data()
        centres = (edges[1:] + edges[:-1]) / 2
        assert not values[np.abs(centres) > limit].any()
        assert not kept.get_data().values[np.abs(centres) < limit].any()
        assert kept.get_data().values.sum() == SECOND.kept[f"{name}.weight"].sum()
        assert values.sum() + kept.get_data().values.sum() == FIRST.kept[f"{name}.weight"].sum()


def test_progress_shows_the_densities_and_both_accuracies():
    panels = figures.progress(0.93, STEPS)
    left, right = (figure.axes[0] for figure in panels.figures.values())
    wide, thin, everything = (line.get_ydata() for line in left.lines)
    assert list(wide) == [1, FIRST.densities["wide.weight"], SECOND.densities["wide.weight"]]
    assert list(everything) == [1, FIRST.remaining, SECOND.remaining]
    assert thin[-1] > wide[-1]
    pruned, trained = (line.get_ydata() for line in right.lines[-2:])
    assert (list(pruned), list(trained)) == ([0.52, 0.44], [0.93, 0.9, 0.86])
    assert "Just pruned: 52 %, 44 %. Trained again: 90 %, 86 %." in repr(panels)


def test_progress_as_a_table():
    first, second, third = figures.progress_table(0.93, STEPS).rows
    assert first == ("0", "294", "100 %", "-", "93 %")
    assert second[:2] == ("1", f"{FIRST.survivors}")
    assert third[3:] == ("44 %", "86 %")


def test_each_weight_is_drawn_once_in_the_colour_of_its_last_iteration():
    nested = figures.Nested("wide.weight", [FIRST, SECOND])
    lives = nested.lifetimes()
    assert torch.equal(lives == 2, SECOND.kept["wide.weight"])
    assert torch.equal(lives == 0, ~FIRST.kept["wide.weight"])
    root = ElementTree.fromstring(nested._repr_html_())
    squares = [path.get("d").count("M") for path in root.iter("path")]
    assert squares == [int((lives == life).sum()) for life in range(3)]
    places = [place for p in root.iter("path") for place in re.findall("M[^h]+", p.get("d"))]
    assert len(places) == len(set(places)) == 270
    assert nested.label.startswith(f"Of the 270 weights of wide go {squares[0]} in iteration 1")
    assert nested.label.endswith(f"; {squares[2]} stay.")


def test_what_is_not_nested_or_no_convolution_is_refused():
    with pytest.raises(ValueError, match="not nested"):
        figures.Nested("wide.weight", [SECOND, FIRST])
    with pytest.raises(ValueError, match="thin.weight is no convolution"):
        figures.Nested("thin.weight", [FIRST])


def test_schedules_follow_the_recipes_one_after_the_other():
    panels = figures.schedules(RECIPE, WAYS)
    curves = {}
    for name, figure in panels.figures.items():
        solid = [x for x in figure.axes[0].lines if x.get_marker() in ("None", None, "")]
        curves[name] = [x for x in solid if x.get_linestyle() == "-"]
    ends = {
        name: [round(float(x.get_xdata()[-1])) for x in lines] for name, lines in curves.items()
    }
    assert ends == {
        "rate": [6, 12, 18],
        "tune": [6, 9, 12],
        "start": [6, 12, 18],
        "late": [6, 10, 14],
    }
    firsts = {name: float(lines[1].get_ydata()[0]) for name, lines in curves.items()}
    assert firsts == pytest.approx({"rate": 0.1, "tune": 0.001, "start": 0.1, "late": 0.01})


def test_values_come_from_where_the_way_says():
    panels = figures.schedules(RECIPE, WAYS)
    sources = {
        name: [
            float(line.get_xdata()[0]) for line in figure.axes[0].lines if line.get_marker() == "o"
        ]
        for name, figure in panels.figures.items()
    }
    assert sources == {"rate": [6, 12], "tune": [6, 9], "start": [0, 0], "late": [2, 2]}
    assert figures.values_of(WeightRewind(1, 30)) == "their values after 1 epoch and 30 steps"
    assert figures.values_of(Reinitialise()) == "new random values"


def test_ways_as_a_table():
    rows = {row[0]: row[1:] for row in figures.ways_table(RECIPE, WAYS).rows}
    assert rows == {
        "rate": ("the values they have", "0.1", "6 epochs", "yes"),
        "tune": ("the values they have", "0.001", "3 epochs", "no"),
        "start": ("their initial values", "0.1", "6 epochs", "yes"),
        "late": ("their values after 2 epochs", "0.01", "4 epochs", "yes"),
    }


def test_overlap_by_hand():
    a = Mask({"x.weight": torch.tensor([True, True, True, False])})
    b = Mask({"x.weight": torch.tensor([True, False, False, True])})
    table = figures.overlap_table({"magnitude": a, "synflow": b})
    assert table.header == ("", "magnitude", "SynFlow")
    assert table.rows == (("magnitude", "1.00", "0.25"), ("SynFlow", "0.25", "1.00"))


def test_survivors_and_densities_by_hand():
    a = Mask({"x.weight": torch.tensor([True, True, True, False]), "y.weight": torch.ones(1) > 2})
    assert figures.survivor_table({"A": a}).rows == (
        ("x", "4", "3"),
        ("y", "1", "0"),
        ("all", "5", "3"),
    )
    assert figures.density_table({"random": a}).rows == (
        ("x", "75 %"),
        ("y", "0 %"),
        ("all", "60 %"),
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.histograms(weights(), WHOLE, FIRST),
        lambda: figures.progress(0.93, STEPS),
        lambda: figures.schedules(RECIPE, WAYS),
        lambda: figures.Nested("wide.weight", [FIRST, SECOND]),
    ],
)
def test_a_figure_is_the_same_each_time_says_what_it_shows_and_leaves_colours_to_the_page(draw):
    picture = draw()
    text = picture._repr_html_()
    assert draw()._repr_html_() == text
    labels = list(picture.labels.values()) if isinstance(picture, Panels) else [picture.label]
    assert all(len(label) > 50 for label in labels)
    assert repr(picture) == " ".join(labels)
    assert not re.findall("(?:fill|stroke): ?#[0-9a-f]{6}", text)
