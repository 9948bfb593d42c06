"""A plan says what is done and what is left, and touches nothing."""

import math

import pytest

from lib.catalogue import declared_study
from lib.commands.plan import UNMEASURED, measured, plan, resources, text
from lib.integrity import seal
from lib.study.job import Job

from .made_up_jobs import pretend, with_seeds

CHAPTER, NAME = "converged", "resnet_fast_converged"
OTHERS = (f"{NAME}_untrained", f"{NAME}_random_masks", "vgg16_bn_converged_late_reset")
RUNS, RUN = (NAME, "runs"), Job(NAME, 0, 0)
CORE, GPU = {"device": "x86_64 CPU, 1 threads"}, {"device": "NVIDIA H200", "gpu_memory": 700}


@pytest.fixture
def study(tmp_path):
    study = declared_study("laptop", tmp_path / "study", [NAME, *OTHERS], CHAPTER)
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
    publish("chapters/x", "laptop", a=slept, b=short | {"analysis": "decisions"})
    publish("full_scale", "paper", a={"seconds": 900, "memory": 4000} | GPU)
    return tmp_path / "results"


def test_every_job_is_counted_once_under_its_kind(study):
    found = plan(study)
    untrained, random_masks, late_reset = OTHERS
    assert found.left.sum() == len(list(study.jobs()))
    assert set(found.index) == {
        (NAME, "complete networks"),
        (NAME, "runs"),
        (NAME, "matching"),
        (NAME, "decisions"),
        *((NAME, name) for name in ("descent", "gradients")),
        (NAME, "matrices"),
        (NAME, "robustness"),
        (untrained, "controls"),
        (random_masks, "controls"),
        (random_masks, "matching"),
        (late_reset, "complete networks"),
        (late_reset, "runs"),
    }


def test_what_is_done_is_no_longer_left(study):
    before = plan(study)
    pretend(study, RUN)
    after = plan(study)
    assert (before.done[RUNS], before.left[RUNS]) == (0, 6)
    assert (after.done[RUNS], after.left[RUNS]) == (1, 5)
    assert before.left.sum() - after.left.sum() == 1


def test_what_a_job_took_is_that_of_its_kind_profile_and_device(study, results):
    either, core, gpu = (measured("laptop", which, results) for which in (None, False, True))
    # two of three runs, so not the mean; and the device that did most of them
    assert either.loc[RUNS, ["seconds", "memory"]].tolist() == [60, 10_000]
    assert either.device[RUNS] == CORE["device"] == core.device[RUNS]
    assert set(core.index) == {RUNS, (NAME, "decisions")}
    assert gpu.loc[RUNS].to_dict() == {"seconds": 5, "memory": 900} | GPU
    assert measured("paper", None, results).seconds.to_dict() == {RUNS: 900}
    assert measured("smoke", None, results).empty


def test_the_text_has_a_row_for_each_kind(study):
    shown, jobs = text(study), len(list(study.jobs()))
    assert shown.startswith(f"laptop: 0 of {jobs} jobs are done.")
    assert len(shown.splitlines()) == 3 + len(plan(study))
    assert not study.folder.exists()


def test_a_scheduler_is_asked_for_more_than_was_measured_in_whole_numbers(results):
    asked = resources(RUN, measured("laptop", False, results))
    assert asked == {"runtime": 5 + 3, "mem_mb": math.ceil(1.5 * 10_000 * 2**20 / 1e6)}
    assert all(type(number) is int for number in asked.values())
    assert resources(Job(NAME, 0), measured("laptop", False, results)) == UNMEASURED
    assert resources(RUN, measured("paper", False, results)) == UNMEASURED  # only on a GPU
