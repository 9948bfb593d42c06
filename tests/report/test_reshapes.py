"""Each metric on each reshape: made-up values on other reshapes are a tenth lower."""

import dataclasses
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from lib.report import layerwise, reshape_figure, reshapes
from lib.report.results import load_results

from .made_up import run_page, write_results

ALL = [
    *((metric, "channels") for metric in layerwise.SHOWN),
    ("cka", "flat"),
    ("nbs", "flat"),
    *((metric, "gap") for metric in layerwise.SHOWN),
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """All metrics on channels and on gap as well."""
    folder = tmp_path_factory.mktemp("reshapes") / "results"
    return load_results(write_results(folder, also=["channels", "gap"]))


def valued(study, values):
    """The study with a constant for each (metric, reshape)."""
    rows = study.similarity
    found = rows.value.copy()
    for (metric, reshape), value in values.items():
        found[(rows.metric == metric) & (rows.reshape == reshape)] = value
    return dataclasses.replace(study, similarity=rows.assign(value=found))


def test_what_was_measured(study, results):
    assert reshapes.measured(study, "vgg16_bn") == ALL
    assert reshapes.measured(results, "vgg16_bn") == [
        ("svcca", "channels"),
        ("pwcca", "channels"),
        ("cka", "flat"),
        ("nbs", "flat"),
    ]


def test_what_is_missing_is_said(study, results):
    assert reshapes.statement(study).startswith("Every metric was computed")
    text = reshapes.statement(results)
    assert "- VGG_SVHN: CKA and NBS on *channels*." in text
    assert "- VGG_SVHN: SVCCA, PWCCA, CKA and NBS on *gap*." in text
    assert "*flat*" not in text


def test_the_paper_s_reshape_gives_the_numbers_of_the_paper_s_figure(study):
    for metric, reshape in (("svcca", "channels"), ("nbs", "flat")):
        np.testing.assert_allclose(
            reshapes.curves(study, "vgg_svhn", metric, reshape),
            layerwise.curves(study, "vgg_svhn", metric),
        )


def test_another_reshape_gives_other_numbers(study):
    flat = reshapes.curves(study, "vgg_svhn", "cka", "flat")
    channels = reshapes.curves(study, "vgg_svhn", "cka", "channels")
    np.testing.assert_allclose(channels, flat - 0.1)
    assert reshapes.curves(study, "vgg_svhn", "svcca", "flat").empty


def test_outputs_have_one_shape(study):
    """So their number counts for every reshape, even if it was recorded for one only."""
    rows = study.similarity
    one = rows[(rows.kind != "out") | (rows.reshape == "flat")]
    other = dataclasses.replace(study, similarity=one)
    channels = reshapes.curves(other, "vgg_svhn", "cka", "channels")
    flat = reshapes.curves(other, "vgg_svhn", "cka", "flat")
    np.testing.assert_allclose(channels.out, flat.out)
    assert channels.notna().all(axis=None)


def test_a_panel_for_each_metric_and_reshape_with_first_last_and_null(study):
    grid = reshape_figure.figure(study, "vgg_svhn")
    titles = [f"{layerwise.METRICS[metric]}, {reshape}" for metric, reshape in ALL]
    assert list(grid.figures) == titles
    for (metric, reshape), figure in zip(ALL, grid.figures.values(), strict=True):
        lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
        curves = reshapes.curves(study, "vgg_svhn", metric, reshape)
        assert set(lines) == {"1", "5", "null"}
        np.testing.assert_allclose(lines["1"], curves.iloc[0])
        np.testing.assert_allclose(lines["5"], curves.iloc[-1])
        np.testing.assert_allclose(lines["null"], 0.05 if metric in ("svcca", "pwcca") else 0.3)
    assert len({figure.axes[0].get_ylim() for figure in grid.figures.values()}) == 1


def test_a_missing_cell_says_why(study, results):
    html = reshape_figure.figure(study, "vgg_svhn")._repr_html_()
    assert html.count("CCA is 1 for any data") == 2
    assert "Not measured here" not in html
    html = reshape_figure.figure(results, "vgg_svhn")._repr_html_()
    assert html.count("CCA is 1 for any data") == 2
    assert html.count("Not measured here") == 6


def test_every_cell_stands_once_and_in_its_row(study):
    grid = reshape_figure.figure(study, "resnet_fast")
    assert list(grid.rows.values()) == [
        tuple(f"{name}, {reshape}" for name in ("SVCCA", "PWCCA", "CKA", "NBS"))
        for reshape in reshapes.RESHAPES
    ]
    html = grid._repr_html_()
    svgs = [ElementTree.fromstring(text) for text in re.findall(r"<svg xmlns.*?</svg>", html)]
    assert [svg.get("aria-label") for svg in svgs] == list(grid.labels.values())
    ids = [element.get("id") for svg in svgs for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(html) < 150_000
    ElementTree.fromstring(html.replace("<br>", "<br/>"))


def test_drawn_twice_the_bytes_are_equal(study):
    first, second = (reshape_figure.figure(study, "vgg_svhn")._repr_html_() for _ in range(2))
    assert first == second
    grid = reshape_figure.figure(study, "vgg_svhn")
    assert repr(grid) == " ".join(grid.labels.values())


def test_a_metric_that_is_not_defined_leaves_a_hole(study):
    hole = (study.similarity.layer == "conv3_1") & (study.similarity.reshape == "gap")
    hole &= study.similarity.metric == "svcca"
    values = study.similarity.value.mask(hole)
    other = dataclasses.replace(study, similarity=study.similarity.assign(value=values))
    axes = reshape_figure.figure(other, "vgg_svhn").figures["SVCCA, gap"].axes[0]
    assert np.isnan(axes.lines[-1].get_ydata()).sum() == 1
    summary = reshapes.summary(other, "vgg_svhn").layers
    assert summary["svcca", "gap"] == summary["svcca", "channels"] - 1


def test_the_summary_is_over_the_hidden_layers_of_the_last_iteration(study):
    last = reshapes.curves(study, "vgg16_bn", "cka", "gap").iloc[-1]
    row = reshapes.summary(study, "vgg16_bn").loc[("cka", "gap")]
    hidden = last.drop("out")
    assert row["mean"] == pytest.approx(hidden.mean())
    assert row["first"] == last.iloc[0]
    assert (row["lowest"], row["where"]) == (hidden.min(), hidden.idxmin())
    assert row["last"] == hidden.iloc[-1]
    assert row["depth"] == pytest.approx(min(hidden.iloc[0], hidden.iloc[-1]) - hidden.min())
    assert row["null"] == pytest.approx(0.3)
    assert row["layers"] == len(hidden)


def test_the_table_gives_the_summary(study, results):
    rows = reshapes.overview(study, "vgg16_bn").rows
    assert len(rows) == len(ALL)
    found = {row[0]: row for row in rows}
    assert {name for name in found if "paper" in name} == {
        "SVCCA, channels (the paper's)",
        "PWCCA, channels (the paper's)",
        "CKA, flat (the paper's)",
        "NBS, flat (the paper's)",
    }
    row = reshapes.summary(study, "vgg16_bn").loc[("nbs", "gap")]
    assert found["NBS, gap"][1:] == (
        f"{row['mean']:.2f}",
        "0.30",
        f"{row['first']:.2f}",
        f"{row['lowest']:.2f}",
        row["where"],
        f"{row['last']:.2f}",
        f"{row['depth']:.2f}",
        str(row["layers"]),
    )
    assert len(reshapes.overview(results, "vgg16_bn").rows) == 4


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (0.7, "CKA is 0.10 above SVCCA. So 33 % of the contrast remains."),
        (0.6, "equal to two decimals. So nothing of the contrast remains."),
        (0.5, "CKA is 0.10 below SVCCA. So nothing of the contrast remains."),
        (0.96, "CKA is 0.36 above SVCCA. So the contrast grows, to 120 % of what it was."),
    ],
)
def test_the_finding_is_the_share_of_the_contrast_that_remains(study, channels, said):
    values = {("svcca", "channels"): 0.6, ("cka", "flat"): 0.9, ("cka", "channels"): channels}
    other = valued(study, values)
    contrast = reshapes.contrast(other, "vgg16_bn")
    assert contrast.paper == pytest.approx(0.3)
    assert contrast.share == pytest.approx((channels - 0.6) / 0.3, abs=1e-9)
    text = reshapes.finding(other, "vgg16_bn")
    assert "On the paper's reshapes CKA is 0.30 above SVCCA" in text
    assert said in text
    assert 'The "U" of SVCCA is 0.00 deep; that of CKA is 0.00 deep' in text


def test_without_a_contrast_there_is_no_share(study):
    other = valued(study, {("svcca", "channels"): 0.9, ("cka", "flat"): 0.9})
    assert np.isnan(reshapes.contrast(other, "vgg16_bn").share)
    assert "no contrast that the reshape could explain" in reshapes.finding(other, "vgg16_bn")


def test_without_channels_there_is_no_finding(results):
    assert reshapes.contrast(results, "vgg16_bn") is None
    assert reshapes.finding(results, "vgg16_bn").startswith("**VGG16_BN.** Not measured here")


def test_the_page_runs_with_and_without_other_reshapes(study, folder):
    for each, missing in ((study.folder, False), (folder, True)):
        names = run_page("reshapes", each)
        assert ("Not measured here" in names["reshapes"].statement(names["study"])) == missing
