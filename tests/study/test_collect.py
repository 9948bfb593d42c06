"""The merged tables: those of all jobs, or of the jobs that are done so far."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lib.commands.collect import collect, destination, result_files, rounded, write
from lib.declared import declared_study
from lib.integrity import PROVENANCE, DamagedError, load_parts
from lib.report.studies import trained_on
from lib.repository import ROOT, published_results
from lib.study.experiment import with_values
from lib.table_schemas import SIMILARITY

from ..damage import damage, follow
from ..loaded import load_results
from .made_up_jobs import LAYERS, pretend, provenance, with_seeds

CHAPTER, NETWORK, PAIRS = "converged", "vgg_svhn_few_images", "vgg_svhn_few_images_independent"
KEYS = ["train_seed", "prune_seed", "other_seed", "iteration", "layer", "metric", "reshape"]


def declared(folder):
    """Two complete networks and three runs of each, and three networks against each other."""
    study = declared_study("laptop", folder, [NETWORK, PAIRS], CHAPTER)
    seeds = {"train_seeds": (0, 1), "prune_seeds": (0, 1, 2)}
    study.experiments[NETWORK] = with_values(study.experiment(NETWORK), seeds)
    return study


@pytest.fixture
def study(tmp_path):
    """The study, without a job that is done."""
    return declared(tmp_path / "study")


def pretend_all(study):
    for job in study.jobs():
        pretend(job)
    return study


@pytest.fixture(scope="module")
def all_done(tmp_path_factory):
    """The folder of the study, all of whose jobs seem to be done. Tests get copies."""
    return pretend_all(declared(tmp_path_factory.mktemp("all"))).folder


@pytest.fixture
def whole(study, all_done):
    """The study, all of whose jobs seem to be done."""
    shutil.copytree(all_done, study.folder)
    return study


BASE, RUN = "vgg_svhn", "vgg_svhn t1-p0"


def small(folder):
    """A study without analyses."""
    return with_seeds(declared_study("laptop", folder, [BASE]), train_seeds=(0, 1))


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """The folder of a study without analyses, merged. Tests get copies."""
    study = pretend_all(small(tmp_path_factory.mktemp("merged")))
    collect(study)
    return study.folder


@pytest.fixture
def collected(tmp_path, merged):
    """A study without analyses that is done, and what is in its results."""
    study = small(shutil.copytree(merged, tmp_path / "small"))
    return study, content(study.results)


@pytest.fixture
def begun(study):
    """All runs of one complete network and one of the other; one pair; a run under way."""
    for job in study.jobs():
        if job.run_seed is None:
            pretend(job)
    for seeds in ("t0-p0", "t0-p1", "t0-p2", "t1-p0"):
        pretend(study.job(f"{NETWORK} {seeds}"))
    pretend(study.job(f"{PAIRS} t1-o2"))
    under_way = study.job(f"{NETWORK} t1-p1")
    pretend(under_way)
    under_way.marker.unlink()
    return study


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def of_jobs(study, name):
    parts = [pd.read_parquet(file) for file in study.folder.glob(f"jobs/**/{name}.parquet")]
    return pd.concat([part for part in parts if len(part)])


def test_a_study_is_not_merged_before_all_jobs_are_done(whole):
    last = list(whole.jobs())[-1]
    last.marker.unlink()
    with pytest.raises(FileNotFoundError, match=f"1 of .* jobs of laptop are not done: .*{last}"):
        collect(whole)
    assert not whole.results.exists()


def test_every_row_of_every_job_is_merged_once(whole):
    collect(whole)
    assert {str(p) for p in content(whole.results)} == set(result_files(whole.jobs()))
    iterations = whole.experiment(NETWORK).pruning.iterations
    similarity = load_results(whole.results).similarity
    assert len(similarity) == len(of_jobs(whole, "similarity"))
    assert not similarity.duplicated(["experiment", *KEYS]).any()
    assert set(similarity.layer) == set(LAYERS)
    performance = load_results(whole.results).performance
    rows = performance.groupby("experiment").size()
    # a complete network counts in every experiment that it serves
    assert rows.to_dict() == {NETWORK: 2 * (1 + 3 * iterations), PAIRS: 3}
    results = load_results(whole.results)
    assert len(results.table("density")) == 6 * iterations
    analyses = {job.analysis for job in whole.jobs() if job.analysis}
    assert len(analyses) > 5
    for name in analyses:
        assert len(results.table(name)) == len(of_jobs(whole, name))
    assert results.provenance["missing"] == []
    assert len(results.provenance["jobs"]) == len(list(whole.jobs()))
    assert results.settings(PAIRS)["runs"] == [[0, 1], [0, 2], [1, 2]]


def test_what_pages_read_of_a_provenance_is_written(collected):
    study, _ = collected
    [written] = load_parts(study.results)[BASE]["experiments"].values()
    published = load_parts(ROOT / published_results(CHAPTER))[NETWORK]["experiments"][NETWORK]
    pages = "".join(source.read_text() for source in (ROOT / "notebooks").glob("*/page.py"))
    assert {fact for fact in published if f'"{fact}"' in pages} <= set(written)


def test_measured_numbers_keep_six_digits_and_all_else_is_exact(collected):
    study, _ = collected
    similarity = load_results(study.results).similarity.sort_values(KEYS, ignore_index=True)
    exact = of_jobs(study, "similarity").sort_values(KEYS, ignore_index=True)
    for name in ("value", "null_mean", "id_x"):
        assert not similarity[name].equals(exact[name])
        np.testing.assert_allclose(similarity[name], exact[name], rtol=1e-6, atol=0)
    same = [name for name in exact if name not in ("value", "null_mean", "id_x")]
    pd.testing.assert_frame_equal(similarity[same], exact[same])
    performance = load_results(study.results).performance.accuracy
    assert set(performance) == set(of_jobs(study, "performance").accuracy)


def test_no_row_is_written_twice_and_the_ends_of_the_scale_stay(tmp_path, collected):
    rows = of_jobs(collected[0], "similarity")[:10]
    with pytest.raises(ValueError, match="similarity has two rows with the same experiment"):
        write(tmp_path, SIMILARITY, [rows, rows[3:4]])
    assert rounded(pd.Series([0, 1, 0.5, 1 - 1e-9])).tolist() == [0, 1, 0.5, 1]


def test_a_partial_study_with_nothing_missing_is_the_full_one(collected):
    study, before = collected
    assert collect(study, partial=True) == destination(study, partial=True)
    assert content(destination(study, partial=True)) == before


def test_a_partial_study_holds_the_finished_runs_and_says_what_is_missing(begun):
    folder = collect(begun, partial=True)
    assert not begun.results.exists()
    written = provenance(folder)
    assert written["experiments"][NETWORK]["runs"] == [[0, 0], [0, 1], [0, 2], [1, 0]]
    undone = [job for job in begun.jobs() if not job.is_done]
    assert set(written["missing"]) == {str(job) for job in undone}
    assert f"{NETWORK}, train seed 1, prune seed 1" in written["missing"]
    results = load_results(folder)
    rows = results.of(NETWORK, "similarity")
    assert set(zip(rows.train_seed, rows.prune_seed, strict=True)) == {
        *((0, 0), (0, 1), (0, 2), (1, 0))
    }
    assert f"{len(undone)} jobs of this study are not done" in trained_on([load_parts(folder)])
    # a complete network counts if a finished run compares it
    assert results.of(PAIRS, "performance").train_seed.tolist() == [1, 2]


def test_a_partial_study_leaves_out_what_started_from_a_network_that_is_made_again(begun):
    shutil.rmtree(begun.job(f"{NETWORK} t1").folder)
    written = provenance(collect(begun, partial=True))
    assert written["experiments"][NETWORK]["runs"] == [[0, 0], [0, 1], [0, 2]]
    assert {f"{NETWORK}, train seed 1, {x}" for x in ("complete network", "prune seed 0")} <= {
        *written["missing"]
    }


def test_a_study_without_a_finished_run_has_nothing_to_merge(study):
    pretend(study.job(f"{NETWORK} t0"))
    with pytest.raises(
        FileNotFoundError, match="no run has compared anything.* jobs of laptop are not done"
    ):
        collect(study, partial=True)
    assert not destination(study, partial=True).exists()


def test_jobs_that_saw_different_data_are_not_merged(collected):
    study, before = collected
    pretend(study.job(RUN), dataset_sha256="another")
    with pytest.raises(ValueError, match="used different data: dataset_sha256"):
        collect(study)
    assert content(study.results) == before


def test_tables_left_by_an_earlier_study_are_removed(collected):
    study, before = collected
    for name in ("performance.parquet", "lenet5/similarity.parquet"):
        file = study.results / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    collect(study)
    assert content(study.results) == before


def _another_job_s(study, path):
    shutil.copyfile(study.job(f"{BASE} t0-p0").folder / path.name, path)


@pytest.mark.parametrize(
    "harm",
    [
        lambda study, path: path.unlink(),
        lambda study, path: damage(path),
        _another_job_s,
        lambda study, path: damage(path.with_name(PROVENANCE)),
    ],
)
def test_a_damaged_job_is_named_and_once_removed_done_again(collected, harm):
    study, before = collected
    folder = study.job(RUN).folder
    harm(study, folder / "similarity.parquet")
    with pytest.raises(DamagedError, match=f"^{folder}") as error:
        collect(study)
    assert "\n" not in str(error.value)
    assert content(study.results) == before
    assert follow(str(error.value)) == folder
    pretend(study.job(RUN))
    collect(study)
    assert content(study.results) == before


@pytest.mark.parametrize("name", ["performance.parquet", PROVENANCE])
def test_a_damaged_merged_table_is_named_and_once_removed_merged_again(collected, name):
    study, before = collected
    file = study.results / BASE / name
    damage(file)
    with pytest.raises(DamagedError, match=f"^{file} is damaged") as error:
        load_results(study.results)
    assert follow(str(error.value)) == file
    collect(study)
    assert content(study.results) == before


def test_runs_of_networks_that_were_trained_again_are_named_with_their_analyses(whole):
    again = whole.job(f"{NETWORK} t1")
    pretend(again, files={"weights.pt": "other"})
    with pytest.raises(DamagedError, match="trained again") as error:
        collect(whole)
    mine = [job for job in whole.jobs() if again in job.needs]
    assert len(mine) > 3
    assert all(str(job.folder) in str(error.value) for job in mine)
    assert str(whole.job(f"{NETWORK} t0-p0").folder) not in str(error.value)


def test_a_merge_that_ends_half_way_leaves_the_earlier_results(collected, monkeypatch):
    study, before = collected

    def ended(folder, provenance):
        raise KeyboardInterrupt

    monkeypatch.setattr("lib.commands.collect.seal", ended)
    with pytest.raises(KeyboardInterrupt):
        collect(study)
    assert content(study.results) == before
    monkeypatch.undo()
    collect(study)
    assert content(study.results) == before
    assert [path.name for path in study.results.parent.iterdir() if "results" in path.name] == [
        "results"
    ]
