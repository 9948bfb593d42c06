"""Loading a results folder: what is read, and what the errors say."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lib.analyses.validity.tables import IDENTIFICATION
from lib.book.report.results import ResultsError, load_results, results_if_any
from lib.integrity import load_json, seal
from lib.table_schemas import RUN, TableSchema

from .made_up import edited, save_rows


@pytest.fixture
def copy(folder, tmp_path):
    """A results folder that a test may damage."""
    return shutil.copytree(folder, tmp_path / "results")


def test_a_complete_folder_is_read(results):
    assert results.experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]
    assert results.network("resnet_fast") == "ResNet_fast"
    assert set(results.of("vgg_svhn", "performance").experiment) == {"vgg_svhn"}


def test_a_part_has_the_rows_and_the_provenance_of_its_experiments(folder, results, copy):
    names = ["vgg_svhn", "resnet_fast"]
    part = load_results(folder, names)
    assert list(part.provenance["experiments"]) == names
    assert {job["experiment"] for job in part.provenance["jobs"]} <= set(names)
    for table in ("similarity", "performance"):
        whole = getattr(results, table)
        wanted = whole[whole.experiment.isin(names)]
        key = list(whole)
        pd.testing.assert_frame_equal(
            getattr(part, table).sort_values(key, ignore_index=True),
            wanted.sort_values(key, ignore_index=True),
            check_dtype=bool(len(wanted)),
        )
    (copy / "vgg16_bn" / "similarity.parquet").write_bytes(b"not read")
    load_results(copy, names)


def test_a_part_that_is_missing_is_an_error(folder, copy):
    with pytest.raises(ResultsError, match="unknown experiment 'vgg_svnh'. Did you mean 'vgg_svhn"):
        load_results(folder, ["vgg_svnh"])
    (copy / "vgg_svhn" / "similarity.parquet").unlink()
    with pytest.raises(ResultsError, match="vgg_svhn/similarity.parquet is missing"):
        load_results(copy, ["vgg_svhn"])


def test_no_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(ResultsError, match=r"no results folder .*nowhere.*`make book`"):
        load_results(tmp_path / "nowhere")


OWN = TableSchema("zeros", RUN | {"value": "int64"}, key=tuple(RUN))


@pytest.mark.parametrize("declared", [IDENTIFICATION, OWN], ids=lambda t: t.name)
def test_an_optional_table_is_empty_or_read_and_checked(copy, declared):
    def read():
        return load_results(edited(copy)).table(declared)

    empty = read()
    assert empty.empty
    assert list(empty.drop(columns="run_seed", errors="ignore")) == list(declared.columns)
    assert np.isnan(empty.value.mean())
    row = dict.fromkeys(declared.columns, 0) | {"experiment": "vgg16_bn", "value": 7}
    file = copy / "vgg16_bn" / f"{declared.name}.parquet"
    rows = pd.DataFrame([row])
    rows.to_parquet(file)
    assert read().value.tolist() == [7]
    rows.drop(columns="prune_seed" if declared is not IDENTIFICATION else "metric").to_parquet(file)
    with pytest.raises(ResultsError, match=f"{declared.name} of {copy} has no column"):
        read()


OPTIONAL = "zeros.parquet"
FILES = ["similarity.parquet", "performance.parquet", "provenance.json", OPTIONAL]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_file_that_is_not_what_was_written_is_named(copy, name, harm):
    OWN.tidy().to_parquet(copy / "vgg_svhn" / OPTIONAL)
    file = edited(copy) / "vgg_svhn" / name
    content = bytearray(file.read_bytes())
    load_results(copy).table(OWN)
    file.unlink()
    if harm == "damaged":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    if (name, harm) == ("provenance.json", "missing"):  # so the experiment is not there at all
        with pytest.raises(ResultsError, match="no experiment 'vgg_svhn'"):
            load_results(copy).settings("vgg_svhn")
        return
    with pytest.raises(ResultsError, match=rf"{name} is {harm}.*`make book`"):
        load_results(copy).table(OWN)


def test_a_table_of_another_version_is_refused(copy):
    rows = load_results(copy).similarity
    save_rows(copy, "similarity", rows.drop(columns=["null_mean", "rank_x"]))
    with pytest.raises(ResultsError, match="no column null_mean, rank_x"):
        load_results(copy)


def test_an_unknown_experiment_is_named_with_the_known_ones(results):
    with pytest.raises(ResultsError, match="no experiment 'lenet5', only vgg16_bn, vgg_svhn"):
        results.of("lenet5", "similarity")


def test_experiments_that_do_not_belong_together_are_refused(copy):
    for fact in ("profile", "chapter"):
        content = load_json(copy / "vgg_svhn" / "provenance.json")
        seal(copy / "vgg_svhn", content | {fact: "another"})
        with pytest.raises(
            ResultsError, match=f"together: the {fact} .*another.* delete the folder"
        ):
            load_results(copy)
        seal(copy / "vgg_svhn", content)


def test_a_folder_under_the_name_of_another_experiment_is_refused(copy):
    (copy / "vgg_svhn").rename(copy / "lenet5")
    with pytest.raises(ResultsError, match="lenet5 is no folder of results of an experiment"):
        load_results(copy)


def test_a_study_that_is_not_there_has_the_columns_of_one_that_is(copy):
    absent, there = results_if_any(copy / "nowhere"), results_if_any(copy)
    assert not absent.experiments
    for table in ("similarity", "performance"):
        assert set(getattr(absent, table)) == set(getattr(there, table))
