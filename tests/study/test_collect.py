"""The merged tables: those of all jobs, or of the jobs that are done so far."""

import itertools
import random
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from lib import ROOT
from lib.catalogue import CATALOGUE, declared_study
from lib.commands.collect import collect, destination, main, result_files
from lib.integrity import DamagedError, load_sealed, seal
from lib.report.studies import trained_on
from lib.study.experiment import with_value
from lib.study.job import Job
from lib.study.study import Study

from ..loaded import load_results
from .made_up_jobs import LAYERS, pretend, provenance

CHAPTER, NETWORK, PAIRS = "converged", "vgg_svhn_few_images", "vgg_svhn_few_images_independent"
ANALYSES = {"matching", "identification", "descent", "gradients", "decisions"}
ANALYSES |= {"robustness", "matrices"}
"""What is declared of the networks and of their pairs."""

KEYS = ["train_seed", "prune_seed", "other_seed", "iteration", "layer", "metric", "reshape"]


def declared(folder):
    """Two complete networks and three runs of each, and three networks against each other."""
    study = declared_study("laptop", folder, [NETWORK, PAIRS], CHAPTER)
    for field, seeds in (("train_seeds", (0, 1)), ("prune_seeds", (0, 1, 2))):
        study.experiments[NETWORK] = with_value(study.experiment(NETWORK), field, seeds)
    return study


@pytest.fixture
def study(tmp_path):
    """The study, without a job that is done."""
    return declared(tmp_path / "study")


@pytest.fixture(scope="module")
def all_jobs(tmp_path_factory):
    """A folder in which all jobs of the study seem to be done."""
    study = declared(tmp_path_factory.mktemp("all jobs"))
    for job in study.jobs():
        pretend(study, job)
    return study.folder


@pytest.fixture
def whole(study, all_jobs):
    """With all jobs, of which each test may damage some."""
    shutil.copytree(all_jobs, study.folder, dirs_exist_ok=True)
    return study


@pytest.fixture
def begun(study):
    """All runs of one complete network and one of the other; one pair; a run under way."""
    for job in study.jobs():
        if job.run_seed is None:
            pretend(study, job)
    for seeds in ((0, 0), (0, 1), (0, 2), (1, 0)):
        pretend(study, Job(NETWORK, *seeds))
    pretend(study, Job(PAIRS, 1, other_seed=2))
    pretend(study, Job(NETWORK, 1, 1))
    study.marker(Job(NETWORK, 1, 1)).unlink()
    return study


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def of_jobs(study, name):
    parts = [pd.read_parquet(file) for file in study.folder.glob(f"jobs/**/{name}.parquet")]
    return pd.concat([part for part in parts if len(part)])


def test_a_study_is_not_merged_before_all_jobs_are_done(whole):
    last = list(whole.jobs())[-1]
    whole.marker(last).unlink()
    with pytest.raises(FileNotFoundError, match=f"1 of .* jobs of laptop are not done: {last}"):
        collect(whole)
    assert not whole.results.exists()


def test_every_row_of_every_job_is_merged_once(whole):
    collect(whole)
    iterations = whole.experiment(NETWORK).pruning.iterations
    similarity = load_results(whole.results).similarity
    assert len(similarity) == len(of_jobs(whole, "similarity"))
    assert not similarity.duplicated(["experiment", *KEYS]).any()
    assert set(similarity.layer) == set(LAYERS)
    performance = load_results(whole.results).performance
    rows = performance.groupby("experiment").size()
    # a complete network counts in every experiment that it serves
    assert rows.to_dict() == {NETWORK: 2 * (1 + 3 * iterations), PAIRS: 3}
    assert len(load_results(whole.results).table("density")) == 6 * iterations


def test_the_tables_do_not_depend_on_the_order_of_the_jobs(whole, monkeypatch):
    collect(whole)
    before = {path: text for path, text in content(whole.results).items() if "parquet" in path.name}
    jobs = list(whole.jobs())
    random.Random(1).shuffle(jobs)
    monkeypatch.setattr(Study, "jobs", lambda self: iter(jobs))
    collect(whole)
    assert before.items() <= content(whole.results).items()


def test_measured_numbers_keep_six_digits_and_all_else_is_exact(whole):
    collect(whole)
    similarity = load_results(whole.results).similarity.sort_values(KEYS, ignore_index=True)
    exact = of_jobs(whole, "similarity").sort_values(KEYS, ignore_index=True)
    for name in ("value", "null_mean", "pr_y"):
        assert not similarity[name].equals(exact[name])
        np.testing.assert_allclose(similarity[name], exact[name], rtol=1e-6, atol=0)
    same = [name for name in exact if name not in ("value", "null_mean", "pr_y")]
    pd.testing.assert_frame_equal(similarity[same], exact[same])
    performance = load_results(whole.results).performance.accuracy
    assert set(performance) == set(of_jobs(whole, "performance").accuracy)


def test_provenance_of_a_whole_study_says_what_was_declared(whole):
    collect(whole)
    written = provenance(whole.results)
    assert written["missing"] == []
    assert len(written["jobs"]) == len(list(whole.jobs()))
    for name in (NETWORK, PAIRS):
        declared, found = whole.experiment(name), written["experiments"][name]
        assert found["train_seeds"] == list(declared.train_seeds)
        assert found["prune_seeds"] == list(declared.prune_seeds)
    grid = itertools.product((0, 1), (0, 1, 2))
    assert written["experiments"][NETWORK]["runs"] == [list(pair) for pair in grid]
    assert written["experiments"][PAIRS]["runs"] == [[0, 1], [0, 2], [1, 2]]


def test_what_the_analyses_found_is_merged_as_well(whole):
    collect(whole)
    results = load_results(whole.results)
    for table in CATALOGUE.analysis_tables:
        jobs = [job for job in whole.jobs() if job.analysis == table.name]
        assert bool(jobs) == (table.name in ANALYSES)
        if jobs:
            assert len(results.table(table.name)) == len(of_jobs(whole, table.name))
    assert results.table("identification")[["train_seed", "other_seed"]].to_numpy().tolist() == [
        [0, 1],
        [0, 2],
        [1, 2],
    ]


def test_a_partial_study_with_nothing_missing_is_the_full_one(whole):
    collect(whole)
    assert collect(whole, partial=True) == destination(whole, partial=True)
    assert content(destination(whole, partial=True)) == content(whole.results)


def test_a_partial_study_holds_the_finished_runs_and_says_what_is_missing(begun):
    folder = collect(begun, partial=True)
    assert not begun.results.exists()
    written = provenance(folder)
    assert written["experiments"][NETWORK]["runs"] == [[0, 0], [0, 1], [0, 2], [1, 0]]
    assert written["experiments"][NETWORK]["train_seeds"] == [0, 1]
    assert written["experiments"][NETWORK]["prune_seeds"] == [0, 1, 2]
    undone = [job for job in begun.jobs() if not begun.is_done(job)]
    assert set(written["missing"]) == {str(job) for job in undone}
    assert f"{NETWORK}, train seed 1, prune seed 1" in written["missing"]
    results = load_results(folder)
    rows = results.of(NETWORK, "similarity")
    assert set(zip(rows.train_seed, rows.prune_seed, strict=True)) == {
        *((0, 0), (0, 1), (0, 2), (1, 0))
    }
    assert f"{len(undone)} jobs of this study are not done" in trained_on([written])


def test_a_complete_network_counts_if_a_finished_run_compares_it(begun):
    """Otherwise its accuracy would appear beside those of pruned networks of others."""
    results = load_results(collect(begun, partial=True))
    assert results.of(PAIRS, "performance").train_seed.tolist() == [1, 2]
    assert results.settings(PAIRS)["train_seeds"] == [1, 2]


def test_an_experiment_without_a_finished_run_does_not_count(begun):
    begun.marker(Job(PAIRS, 1, other_seed=2)).unlink()
    folder = collect(begun, partial=True)
    assert set(provenance(folder)["experiments"]) == {NETWORK}
    assert load_results(folder).variants == []
    assert f"{PAIRS}, train seed 1, other seed 2" in provenance(folder)["missing"]


def test_a_study_without_a_finished_run_has_nothing_to_merge(study):
    pretend(study, Job(NETWORK, 0))
    with pytest.raises(
        FileNotFoundError, match="no run has compared anything.* jobs of laptop are not done"
    ):
        collect(study, partial=True)
    assert not destination(study, partial=True).exists()


def test_jobs_that_saw_different_data_are_not_merged(whole):
    pretend(whole, Job(NETWORK, 0, 1), dataset_sha256="another")
    for partial in (False, True):
        with pytest.raises(ValueError, match="saw different data: dataset_sha256"):
            collect(whole, partial)
        assert not destination(whole, partial).exists()


def test_tables_left_by_an_earlier_study_are_removed(whole):
    for name in ("performance.parquet", "lenet5/similarity.parquet"):
        file = whole.results / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    collect(whole)
    assert {str(p) for p in content(whole.results)} == set(result_files(whole.jobs()))


def test_the_command_merges_what_is_there(begun, capsys):
    given = ["laptop", str(begun.folder), "--chapter", CHAPTER, "--experiments", NETWORK, PAIRS]
    assert main(given) == 1
    assert "are not done" in capsys.readouterr().out
    assert main([*given, "--partial"]) == 0
    found = load_results(destination(begun, partial=True)).provenance
    assert list(found["experiments"]) == [NETWORK, PAIRS]


def rot(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def _another_experiment_s(study, path):
    path.write_bytes((study.job_folder(Job(PAIRS, 0, other_seed=1)) / path.name).read_bytes())


@pytest.mark.parametrize(
    "harm",
    [
        lambda study, path: path.unlink(),
        lambda study, path: path.write_bytes(b""),
        lambda study, path: rot(path),
        _another_experiment_s,
        lambda study, path: rot(path.with_name("provenance.json")),
        lambda study, path: path.with_name("provenance.json").write_text(""),
    ],
    ids=["deleted", "emptied", "rotten", "exchanged", "rotten provenance", "empty provenance"],
)
def test_a_damaged_job_is_named_and_the_earlier_results_stay(whole, harm):
    collect(whole)
    before, folder = content(whole.results), whole.job_folder(Job(NETWORK, 1, 2))
    harm(whole, folder / "similarity.parquet")
    with pytest.raises(ValueError, match=f"^{folder}.*Start the study again") as error:
        collect(whole)
    assert "\n" not in str(error.value)
    assert content(whole.results) == before
    pretend(whole, Job(NETWORK, 1, 2))  # what the message says
    collect(whole)
    assert content(whole.results) == before


def test_a_run_of_networks_that_were_trained_again_is_named(whole):
    pretend(whole, Job(NETWORK, 1), files={"weights.pt": "other"})
    with pytest.raises(ValueError, match=r"t1-p0/provenance\.json: the job started from"):
        collect(whole)


def _fails(folder, provenance):
    raise KeyboardInterrupt


def _is_changed_by_the_disk(folder, provenance):
    seal(folder, provenance)
    rot(folder / "performance.parquet")


@pytest.mark.parametrize("harm", [_fails, _is_changed_by_the_disk])
def test_a_merge_that_goes_wrong_half_way_leaves_the_earlier_results(whole, monkeypatch, harm):
    collect(whole)
    before = content(whole.results)
    monkeypatch.setattr("lib.commands.collect.seal", harm)
    with pytest.raises((KeyboardInterrupt, DamagedError)):
        collect(whole)
    assert content(whole.results) == before
    monkeypatch.undo()
    collect(whole)
    assert content(whole.results) == before
    assert [path.name for path in whole.results.parent.iterdir() if "results" in path.name] == [
        "results"
    ]


def test_merges_at_once_leave_whole_tables(tmp_path):
    """Each in a process of its own, as two engines would."""
    study = declared_study("tiny", tmp_path)
    for job in study.jobs():
        pretend(study, job)
    command = [sys.executable, "-m", "lib.commands.collect", "tiny", str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in started] == [0, 0]
    load_sealed(study.results)
    assert {str(p) for p in content(study.results)} == set(result_files(study.jobs()))
