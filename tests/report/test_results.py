"""Loading a results folder: what is read, and what the errors say."""

import json
import shutil

import pandas as pd
import pytest

from lib.report.results import ResultsError, load_results


@pytest.fixture
def copy(folder, tmp_path):
    """A results folder that a test may damage."""
    return shutil.copytree(folder, tmp_path / "results")


def edit(path, change):
    change(pd.read_parquet(path)).to_parquet(path)


def test_a_whole_folder_is_read(results):
    assert results.experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]
    assert results.network("resnet_fast") == "ResNet_fast"
    assert set(results.accuracies("vgg_svhn").experiment) == {"vgg_svhn"}


def test_no_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(ResultsError, match=r"no results folder .*nowhere.*`make book`"):
        load_results(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["similarity.parquet", "performance.parquet", "provenance.json"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ResultsError, match=rf"has no {name}.*`make book`"):
        load_results(copy)


def test_a_missing_column_is_named(copy):
    edit(copy / "similarity.parquet", lambda table: table.drop(columns=["null_mean", "rank_x"]))
    with pytest.raises(ResultsError, match="no column null_mean, rank_x"):
        load_results(copy)


def test_a_number_recorded_twice_is_refused(copy):
    edit(copy / "performance.parquet", lambda table: pd.concat([table, table.iloc[[3]]]))
    with pytest.raises(ResultsError, match="1 rows twice, the first at experiment vgg16_bn"):
        load_results(copy)


def test_a_similarity_above_one_is_refused(copy):
    edit(copy / "similarity.parquet", lambda table: table.assign(value=table.value + 0.5))
    with pytest.raises(ResultsError, match=r"value must lie in \[0, 1\]"):
        load_results(copy)


def test_files_of_different_studies_are_refused(copy):
    edit(copy / "similarity.parquet", lambda table: table[table.experiment != "vgg_svhn"])
    with pytest.raises(ResultsError, match="not from the same study"):
        load_results(copy)


def test_provenance_that_is_not_json_or_not_whole_is_refused(copy):
    (copy / "provenance.json").write_text("{")
    with pytest.raises(ResultsError, match="is not JSON"):
        load_results(copy)
    (copy / "provenance.json").write_text(json.dumps({"profile": "smoke"}))
    with pytest.raises(ResultsError, match="does not say scaled_down, experiments"):
        load_results(copy)


def test_an_unknown_experiment_is_named_with_the_known_ones(results):
    with pytest.raises(ResultsError, match="no experiment 'lenet5', only vgg16_bn, vgg_svhn"):
        results.similarities("lenet5")


def test_figures_use_the_reshape_of_the_paper(copy):
    """The table may hold the same metric on other reshapes: they are other numbers."""

    def with_other_reshapes(table):
        swap = {"channels": "flat", "flat": "channels"}
        other = table.assign(reshape=table.reshape.map(swap), value=0.0)
        return pd.concat([other, table], ignore_index=True)

    before = load_results(copy).similarities("vgg16_bn")
    edit(copy / "similarity.parquet", with_other_reshapes)
    after = load_results(copy).similarities("vgg16_bn")
    assert len(after) == len(before)
    assert (after.value > 0).all()


def test_outputs_count_on_any_reshape(copy):
    """A matrix of outputs has one shape, whatever the reshape is called."""
    edit(
        copy / "similarity.parquet",
        lambda table: table.assign(reshape=table.reshape.where(table.kind != "out", "gap")),
    )
    rows = load_results(copy).similarities("vgg16_bn")
    assert set(rows[rows.kind == "out"].metric) >= {"svcca", "pwcca", "cka", "nbs", "cosine"}
