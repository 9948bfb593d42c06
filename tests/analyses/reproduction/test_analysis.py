"""What the studies cost: each job counts once, and a network where it was trained."""

from dataclasses import replace

import pandas as pd
import pytest

from lib import ROOT
from lib.analyses.reproduction import analysis
from lib.book.report.results import load_results, study_folders

from ...book.report.made_up import write_results

JOB = {"analysis": "", "revision": "abc", "device": "x86_64 CPU, 2 threads", "seconds": 1800.0}


@pytest.fixture
def study(tmp_path):
    whole = load_results(write_results(tmp_path, iterations=3, prune_seeds=2))
    of_network = {"experiment": "vgg_svhn", "train_seed": 0} | JOB
    jobs = [
        of_network | {"prune_seed": None},
        of_network | {"prune_seed": 0},
        of_network | {"prune_seed": 0, "analysis": "robustness", "device": "CPU, 1 threads"},
    ]
    return replace(whole, provenance={**whole.provenance, "jobs": jobs})


def test_hours_are_those_of_one_core_and_an_analysis_trains_nothing(study):
    jobs = analysis.jobs_of(study)
    assert jobs.hours.tolist() == [1, 1, 0.5]
    assert jobs.networks.tolist() == [1, 3, 0]


def test_the_hours_of_a_gpu_are_not_those_of_a_core(study):
    on_gpu = study.provenance["jobs"][1] | {"device": "NVIDIA H200", "gpu_memory": 900}
    provenance = {**study.provenance, "jobs": [study.provenance["jobs"][0], on_gpu]}
    jobs = analysis.jobs_of(replace(study, provenance=provenance))
    assert jobs.hours.tolist() == [1, 0]
    assert jobs.gpu_hours.tolist() == [0, 0.5]


def test_a_job_of_two_studies_counts_for_the_first(study, monkeypatch):
    more = [*study.provenance["jobs"][:2], study.provenance["jobs"][1] | {"seconds": 3600.0}]
    again = replace(study, provenance={**study.provenance, "jobs": more})
    studies = {"": study, "chapters/prunings": again}
    absent = replace(study, provenance={"jobs": []})
    monkeypatch.setattr(
        analysis, "results_if_any", lambda folder: studies.get(str(folder)[8:], absent)
    )
    table = analysis.computing_time("results")
    assert [*table.index] == [analysis.STUDIES[""], "Ways to prune", analysis.ALL_STUDIES]
    assert table.Jobs.tolist() == [3, 1, 4]
    assert table.Networks.tolist() == [4, 3, 7]
    assert table.Hours.tolist() == [2.5, 2, 4.5]
    pd.testing.assert_frame_equal(analysis.computing_time("results/chapters/prunings"), table)


def test_the_published_studies_are_all_counted():
    assert {*study_folders(ROOT / "results")} == {
        ROOT / "results" / folder for folder in analysis.STUDIES
    }
    table = analysis.computing_time(ROOT / "results")
    assert table.Networks[analysis.ALL_STUDIES] == table.Networks.iloc[:-1].sum() > 1000
