"""A plan says what is done and what is left, and touches nothing."""

import math
from dataclasses import replace

import pytest

from lib.commands.plan import UNMEASURED, measured, plan, resources
from lib.declared import declared_study
from lib.integrity import seal
from lib.study.study import Job

from .made_up_jobs import pretend, with_seeds

CHAPTER, NAME = "converged", "resnet_fast_quarter_few_images"
OTHER = "vgg16_bn_quarter_few_images_late_reset"
RUNS, RUN = (NAME, "run"), Job(NAME, 0, 0)
CORE, GPU = {"device": "x86_64 CPU, 1 threads"}, {"device": "NVIDIA H200", "gpu_memory": 700}


@pytest.fixture
def study(tmp_path):
    study = declared_study("laptop", tmp_path / "study", [NAME, OTHER], CHAPTER)
    return with_seeds(study, train_seeds=(0, 1), prune_seeds=(0, 1, 2))


@pytest.fixture
def results(tmp_path):
    """Published results: runs on a core and one on a GPU, an analysis, and another profile."""

    def publish(name, profile, **jobs):
        run = {"experiment": NAME, "train_seed": 0, "prune_seed": 0}
        jobs = [run | job | {"prune_seed": seed} for seed, job in enumerate(jobs.values())]
        folder = tmp_path / "results" / name / NAME
        folder.mkdir(parents=True)
        about = {"profile": profile, "place": 0, "experiments": {}, "jobs": jobs, "missing": []}
        seal(folder, about)

    short, long, slept = ({"seconds": s, "memory": 1000 + s} | CORE for s in (50, 60, 9000))
    publish(".", "laptop", a=short, b=long, c={"seconds": 5, "memory": 900} | GPU)
    publish("chapters/x", "laptop", a=slept, b=short | {"analysis": "matrices"})
    publish("full_scale", "paper", a={"seconds": 900, "memory": 4000} | GPU)
    return tmp_path / "results"


def test_what_is_left_and_takes_how_long_by_network(study, results):
    core = measured("laptop", False, results)
    before = plan(study, core)
    assert before.left.sum() == len(list(study.jobs()))
    assert [*before.index.unique("network")] == ["resnet_fast_quarter", "vgg16_bn_quarter"]
    row = "resnet_fast_quarter", "run"
    assert before.loc[row].tolist() == [0, 6, 6 * 1.0]
    pretend(study.job(RUN.name))
    after = plan(study, core)
    assert after.loc[row].tolist() == [1, 5, 5 * 1.0]
    assert before.left.sum() - after.left.sum() == 1
    assert after.minutes.isna().sum() == len(after) - 2  # the others were never measured


def test_minutes_of_a_core_are_not_those_of_a_gpu(results):
    core, gpu = (measured("laptop", which, results) for which in (False, True))
    assert core.loc[RUNS].to_dict() == {"seconds": 60, "memory": 10_000} | CORE
    assert gpu.loc[RUNS].to_dict() == {"seconds": 5, "memory": 900, "device": "NVIDIA H200"}
    assert set(core.index) == {RUNS, (NAME, "matrices")}
    assert measured("paper", True, results).seconds.to_dict() == {RUNS: 900}
    assert measured("smoke", True, results).empty


def test_a_scheduler_is_asked_for_more_than_was_measured_in_whole_numbers(results):
    took = measured("laptop", False, results)
    asked = resources([RUN], took)
    assert asked == {"runtime": 5 + 3, "mem_mb": math.ceil(1.5 * 10_000 * 2**20 / 1e6)}
    assert all(type(number) is int for number in asked.values())
    with_analysis = resources([RUN, replace(RUN, analysis="matrices")], took)
    assert with_analysis == asked | {"runtime": 5 + math.ceil(3 * (60 + 50) / 60)}
    assert resources([RUN, Job(NAME, 0)], took) == UNMEASURED
    assert resources([RUN], measured("paper", False, results)) == UNMEASURED  # only on a GPU
