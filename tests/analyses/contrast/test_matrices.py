"""Metrics on other matrices: made-up values, a tenth lower on every matrix but the paper's."""

import dataclasses

import pytest

from lib.analyses.contrast.claims import MATRIX_CLAIMS
from lib.analyses.contrast.matrices import in_short, overview, overviews, summary
from lib.book.claims.engine import decide
from lib.book.report.results import load_results

from ...book.report.made_up import write_results


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("matrices") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(write_results(folder, also=["channels", "flat"], runs=runs))


def test_a_matrix_with_more_columns_than_rows_is_left_out(study):
    found = summary(study, "vgg_svhn")
    assert set(found.index[found.index.get_level_values(0) == "svcca"]) == {("svcca", "channels")}
    assert {("cka", "channels"), ("cka", "flat")} <= set(found.index)
    assert "CKA, flat (the paper's)" in repr(overview(study, "vgg_svhn"))


def test_one_table_has_the_overviews_of_all_networks(study):
    of_one = [row[1:] for row in overviews(study).rows if row[0] == study.network("vgg_svhn")]
    assert of_one == list(overview(study, "vgg_svhn").rows)
    assert {row[0] for row in overviews(study).rows} == {*map(study.network, study.experiments)}


def test_the_difference_on_one_matrix_lacks_what_the_other_matrix_adds(study):
    gaps = in_short(study)
    lost = gaps["As in the paper"] - gaps["Both on channels"]
    assert lost.tolist() == pytest.approx([0.1] * 3)


def test_claims_tell_the_matrix_from_the_metric(study):
    verdicts = {claim.key: decide(claim, study).verdict for claim in MATRIX_CLAIMS}
    assert verdicts["reshapes-matrix-vgg16_bn"] == "holds"
    assert verdicts["reshapes-metric-vgg16_bn"] == "holds"
    rows = study.similarity
    on_channels = (rows.metric == "cka") & (rows.reshape == "channels")
    lower = dataclasses.replace(study, similarity=rows.assign(value=rows.value - 0.5 * on_channels))
    verdicts = {claim.key: decide(claim, lower).verdict for claim in MATRIX_CLAIMS}
    assert verdicts["reshapes-matrix-vgg16_bn"] == "holds"
    assert verdicts["reshapes-metric-vgg16_bn"] == "does not hold"


def test_what_was_computed_on_one_matrix_alone_is_not_measured(results):
    found = {claim.key: decide(claim, results).verdict for claim in MATRIX_CLAIMS}
    assert set(found.values()) == {"not measured"}
    assert in_short(results)["Both on channels"].isna().all()
