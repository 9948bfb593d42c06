"""Loading a results folder: what is read, and what the errors say."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lib.report.results import ResultsError, load_results
from lib.sealed import seal
from lib.tables import IDENTIFICATION, ROBUSTNESS, RUN, TABLES, Table

from .made_up import save_similarities, sealed_again


@pytest.fixture
def copy(folder, tmp_path):
    """A results folder that a test may damage."""
    return shutil.copytree(folder, tmp_path / "results")


def edit(path, change):
    change(pd.read_parquet(path)).to_parquet(path)
    sealed_again(path.parent)


def edit_similarities(folder, change):
    save_similarities(folder, change(pd.read_parquet(folder / "similarity")))
    sealed_again(folder)


def test_a_complete_folder_is_read(results):
    assert results.experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]
    assert results.network("resnet_fast") == "ResNet_fast"
    assert set(results.of("vgg_svhn", "performance").experiment) == {"vgg_svhn"}


def test_a_part_has_the_rows_and_the_provenance_of_its_experiments(folder, results, copy):
    names = ["vgg_svhn", "resnet_fast"]
    part = load_results(folder, names)
    assert list(part.provenance["experiments"]) == names
    assert {job["experiment"] for job in part.provenance["jobs"]} <= set(names)
    for table in ("similarity", "performance", *(t.name for t in TABLES if t.optional)):
        whole = getattr(results, table)
        wanted = whole[whole.experiment.isin(names)]
        key = list(whole)
        pd.testing.assert_frame_equal(
            getattr(part, table).sort_values(key, ignore_index=True),
            wanted.sort_values(key, ignore_index=True),
            check_dtype=bool(len(wanted)),
        )
    (copy / "similarity" / "vgg16_bn.parquet").write_bytes(b"not read")
    load_results(copy, names)


def test_a_part_that_is_missing_is_an_error(folder, copy):
    with pytest.raises(ResultsError, match="unknown experiment 'vgg_svnh'. Did you mean 'vgg_svhn"):
        load_results(folder, ["vgg_svnh"])
    (copy / "similarity" / "vgg_svhn.parquet").unlink()
    with pytest.raises(ResultsError, match="similarity/vgg_svhn.parquet is missing"):
        load_results(copy, ["vgg_svhn"])


def test_no_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(ResultsError, match=r"no results folder .*nowhere.*`make book`"):
        load_results(tmp_path / "nowhere")


def test_a_table_that_was_not_asked_for_is_empty(results):
    for declared in (ROBUSTNESS, IDENTIFICATION):
        table = getattr(results, declared.name)
        assert table.empty
        assert list(table) == list(declared.columns)
        assert np.isnan(table.value.mean())
        assert table.groupby(["experiment", "metric"]).value.mean().empty


def test_a_table_of_ones_own_is_read_by_its_declaration(copy):
    own = Table("zeros", RUN | {"zeros": "int64"}, key=tuple(RUN), optional=True)
    assert list(load_results(copy).table(own)) == list(own.columns)
    row = dict.fromkeys(RUN, 0) | {"experiment": "vgg16_bn", "zeros": 7}
    own.tidy([row]).to_parquet(copy / "zeros.parquet")
    assert load_results(sealed_again(copy)).table(own).zeros.tolist() == [7]
    own.tidy([row, row]).to_parquet(copy / "zeros.parquet")
    with pytest.raises(ResultsError, match="has 1 duplicate row, the first"):
        load_results(sealed_again(copy)).table(own)


@pytest.mark.parametrize("declared", [ROBUSTNESS, IDENTIFICATION], ids=lambda table: table.name)
def test_an_optional_table_is_read_and_checked(copy, declared):
    name = declared.name
    row = dict.fromkeys(declared.columns, 0) | {"experiment": "vgg16_bn", "value": 0.25}
    file = copy / f"{name}.parquet"
    pd.DataFrame([row]).to_parquet(file)
    assert getattr(load_results(sealed_again(copy)), name).value.tolist() == [0.25]
    edit(file, lambda table: pd.concat([table, table]))
    with pytest.raises(ResultsError, match=f"{name}.parquet has 1 duplicate row"):
        load_results(copy)
    edit(file, lambda table: table.drop(columns="metric"))
    with pytest.raises(ResultsError, match=f"{name}.parquet has no column metric"):
        load_results(copy)


OPTIONAL = "robustness.parquet"
FILES = ["similarity/vgg_svhn.parquet", "performance.parquet", "provenance.json", OPTIONAL]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_file_that_is_not_what_was_written_is_named(copy, name, harm):
    ROBUSTNESS.tidy().to_parquet(copy / OPTIONAL)
    content = bytearray((sealed_again(copy) / name).read_bytes())
    load_results(copy)
    (copy / name).unlink()
    if harm == "damaged":
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(content)
    with pytest.raises(ResultsError, match=rf"{name} is {harm}.*`make book`"):
        load_results(copy)


def test_a_missing_column_is_named(copy):
    edit_similarities(copy, lambda table: table.drop(columns=["null_mean", "rank_x"]))
    with pytest.raises(ResultsError, match="no column null_mean, rank_x"):
        load_results(copy)


def test_an_accuracy_that_is_no_number_is_refused(copy):
    nan = {"accuracy": np.nan}
    edit(
        copy / "performance.parquet", lambda table: pd.concat([table[1:], table[:1].assign(**nan)])
    )
    with pytest.raises(ResultsError, match=r"accuracy must lie in \[0, 1\].*first is nan"):
        load_results(copy)


def test_a_number_recorded_twice_is_refused(copy):
    edit(copy / "performance.parquet", lambda table: pd.concat([table, table.iloc[[3]]]))
    with pytest.raises(ResultsError, match="1 duplicate row, the first at experiment vgg16_bn"):
        load_results(copy)


def test_a_similarity_above_one_is_refused(copy):
    edit_similarities(copy, lambda table: table.assign(value=table.value + 0.5))
    with pytest.raises(ResultsError, match=r"value must lie in \[0, 1\]"):
        load_results(copy)


def test_only_metrics_with_a_sign_may_be_negative(copy):
    def negative(metric):
        def edit(table):
            cosine = table.metric == "cosine"
            renamed = table.assign(metric=table.metric.where(~cosine, metric))
            return renamed.assign(value=table.value.where(~cosine, -0.5))

        return edit

    edit_similarities(copy, negative("logit_cosine"))
    load_results(copy)
    edit_similarities(copy, lambda table: table.assign(value=-table.value.abs()))
    with pytest.raises(ResultsError, match=r"value must lie in \[0, 1\]"):
        load_results(copy)


def test_files_of_different_studies_are_refused(copy):
    edit(copy / "performance.parquet", lambda table: table[table.experiment != "vgg_svhn"])
    with pytest.raises(ResultsError, match="not from the same study"):
        load_results(copy)


def test_provenance_that_is_incomplete_is_refused(copy):
    seal(copy, {"profile": "smoke"})
    with pytest.raises(ResultsError, match="has no scaled_down, experiments, missing"):
        load_results(copy)


def test_an_unknown_experiment_is_named_with_the_known_ones(results):
    with pytest.raises(ResultsError, match="no experiment 'lenet5', only vgg16_bn, vgg_svhn"):
        results.of("lenet5", "similarity")
