"""The figure of rank correlations shows what the tables say."""

import numpy as np
import pytest

from lib.report import rank_correlation_figure
from lib.report.layerwise import signed
from lib.report.rank_statistics import spearman

from .rank_world import RISING, ZIGZAG, study


def test_the_figure_has_a_row_for_each_metric_and_a_line_for_the_iteration():
    cells = {("svcca", "channels"): ZIGZAG, ("cka", "flat"): RISING}
    made = study(cells, ZIGZAG, outputs={"agreement": RISING})
    panels = rank_correlation_figure.figure(made)
    assert list(panels.figures) == ["VGG_SVHN, accuracy gap", "VGG_SVHN, output disagreement"]
    axes = panels.figures["VGG_SVHN, accuracy gap"].axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["SVCCA, channels", "CKA, flat"]
    lines = {line.get_label(): line.get_xdata() for line in axes.lines}
    number = spearman(RISING, ZIGZAG)
    np.testing.assert_allclose(lines["rho"], [1, number])
    np.testing.assert_allclose(lines["steps"], [1, np.nan])
    assert [line.get_xdata()[0] for line in axes.lines[2:]] == pytest.approx([0, number])
    label = panels.labels["VGG_SVHN, accuracy gap"]
    assert f"The iteration's number alone: {signed(number)}." in label
    assert "step by step from +1.00 (SVCCA, channels) to +1.00 (SVCCA, channels)" in label
    assert panels._repr_html_() == rank_correlation_figure.figure(made)._repr_html_()


def test_a_target_that_was_not_measured_has_no_panel():
    panels = rank_correlation_figure.figure(study({("cka", "flat"): ZIGZAG}, ZIGZAG))
    assert list(panels.figures) == ["VGG_SVHN, accuracy gap"]


@pytest.mark.parametrize("constant", ["metric", "target"])
def test_what_never_changes_is_drawn_without_a_mark(constant):
    flat = np.full(8, 0.1)
    far, gap = (flat, ZIGZAG) if constant == "metric" else (ZIGZAG, flat)
    panels = rank_correlation_figure.figure(study({("cka", "flat"): far}, gap))
    axes = panels.figures["VGG_SVHN, accuracy gap"].axes[0]
    lines = {line.get_label(): line.get_xdata() for line in axes.lines}
    assert np.isnan([*lines["rho"], *lines["steps"]]).all()
    assert panels._repr_html_()
