"""The rulers of a made-up study, whose controls have a known similarity in all layers."""

import numpy as np
import pandas as pd
import pytest

from lib.analyses.which_metric import analysis
from lib.book.report.figure import PanelFigure
from lib.book.report.results import load_results

from ...book.report.made_up import CONTROLS, write_results

SVHN = "vgg_svhn"
STRANGERS = CONTROLS["independent"] + 0.01
"""Each of the three pairs of networks has 0.01 more than the one before."""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("which_metric") / "results"
    return load_results(write_results(folder, controls=["untrained", "independent"]))


def test_marks_are_means_over_hidden_layers_and_runs(study):
    ruler = analysis.marks(study)
    assert set(ruler.index.get_level_values(1)) == set(analysis.ON_THE_RULER)
    assert np.allclose(ruler.loc[SVHN].independent, STRANGERS)
    assert np.allclose(ruler.loc[SVHN].untrained, CONTROLS["untrained"] + 0.005)
    assert np.allclose(ruler.loc[SVHN, "null"], [0.05, 0.05, 0.05, 0.3, 0.3])
    rows = study.similarity.query("experiment == @SVHN and metric == 'cka' and kind != 'out'")
    last = rows[rows.iteration == rows.iteration.max()]
    assert ruler.pruned[SVHN, "cka"] == pytest.approx(last.value.mean())


def test_controls_that_were_not_measured_leave_no_mark(study):
    ruler = analysis.marks(study)
    assert ruler.trained_as_long.isna().all()
    assert ruler.loc["vgg16_bn"].independent.isna().all()


RULER = pd.DataFrame({"null": [0.2], "independent": [0.6]})


@pytest.mark.parametrize(
    ("value", "position"), [(0.1, -0.25), (0.2, 0), (0.4, 0.5), (0.6, 1), (0.8, 1.5), (1, 2)]
)
def test_a_value_stands_between_shuffled_images_strangers_and_identity(value, position):
    assert analysis.position_of(value, RULER)[0] == pytest.approx(position)


def test_positions_have_a_row_for_each_metric_and_a_column_for_each_network(study):
    table = analysis.positions_table(0.7, analysis.marks(study), study)
    assert list(table.index) == ["SVCCA", "mean CCA", "PWCCA", "CKA", "NBS"]
    assert list(table.columns) == ["VGG16_BN", "VGG_SVHN", "ResNet_fast"]
    expected = 1 + (0.7 - STRANGERS) / (1 - STRANGERS)
    assert pytest.approx(expected) == table.VGG_SVHN.SVCCA


@pytest.mark.parametrize(
    ("value", "side"), [(0.1, "above"), (0.9, "below"), (STRANGERS, "undecided")]
)
def test_strangers_stand_above_or_below_a_value_or_leave_it_undecided(study, value, side):
    beside = {found.key: found for found in analysis.strangers_beside(value, study)}
    assert beside["ruler-vgg-svhn-cka"].verdict == side
    assert beside["ruler-vgg16-bn-cka"].verdict == "not measured"


def test_the_figure_says_each_mark_in_words(study):
    figure = PanelFigure("ruler")
    analysis.draw_ruler(figure.panel("VGG_SVHN"), analysis.marks(study).loc[SVHN])
    for words in ("shuffled images", "never trained", "strangers", "pruned to the end"):
        assert words in repr(figure)
    assert "trained as long" not in repr(figure)
