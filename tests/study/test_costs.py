"""Estimates lie near what jobs really took, and a scheduler is told enough."""

import json
from collections import defaultdict
from statistics import median

import pytest

from lib import ROOT
from lib.study import Job, Study
from lib.study.costs import (
    CPU,
    SPARE_MINUTES,
    Costs,
    device_kind,
    known_device,
    load_units,
    resources,
)
from lib.study.work import QUANTITIES, whole

FACTOR = 2.0
"""Every published job took between half and twice its estimate, unless it slept."""

SLEPT = 3.0
"""A job that took so many times what the same one took with other seeds measured its machine."""


def published():
    """(study, job, what the provenance says, images of its data set)."""
    for folder in ("results", "results/full_scale"):
        said = json.loads((ROOT / folder / "provenance.json").read_text())
        study = Study(said["profile"], chapter=said.get("chapter", ""))
        for job in said["jobs"]:
            facts = said["experiments"][job["experiment"]]
            experiment = study.experiment(job["experiment"])
            there = whole(experiment, facts["train_images"], facts["test_images"])
            seeds = job["train_seed"], job["prune_seed"]
            yield study, Job(job["experiment"], *seeds, job.get("analysis", "")), job, there


@pytest.fixture(scope="module")
def awake():
    """What was published, without the jobs that slept: (study, job, said, estimate)."""
    sisters, found = defaultdict(list), []
    for study, job, said, there in published():
        estimate = Costs(study, device_kind(said["device"])).estimate(job, there)
        sisters[study.profile.name, job.experiment, job.kind].append(said["seconds"])
        found.append((study, job, said, estimate))
    usual = {key: median(seconds) for key, seconds in sisters.items()}
    kept = [
        each
        for each in found
        if each[2]["seconds"]
        <= SLEPT * usual[each[0].profile.name, each[1].experiment, each[1].kind]
    ]
    assert len(found) - len(kept) <= 1
    return kept


def test_every_published_job_took_about_its_estimate(awake):
    for _, job, said, estimate in awake:
        assert 1 / FACTOR <= estimate.seconds / said["seconds"] <= FACTOR, job


def test_estimates_are_neither_too_high_nor_too_low_on_the_whole(awake):
    assert 0.9 < median(one.seconds / said["seconds"] for *_, said, one in awake) < 1.1


def test_a_scheduler_is_told_more_than_each_job_took(awake):
    for study, job, said, _ in awake:
        asked = resources(study, job, device_kind(said["device"]))
        assert asked["runtime"] * 60 > said["seconds"], job
        assert asked["mem_mb"] * 1e6 > said["memory"] * 2**20, job
        assert all(type(number) is int for number in asked.values())
        # and not so much that nothing else would find room; analyses depend on the test images
        most = 6 * said["seconds"] + 60 * (SPARE_MINUTES + 1)
        assert job.analysis or asked["runtime"] * 60 < most, job
        assert asked["mem_mb"] * 1e6 < 3 * said["memory"] * 2**20, job


def test_the_memory_of_a_gpu_is_estimated_where_there_is_one():
    job = Job("resnet_fast", 0, 0)
    study = Study("paper")
    assert 10_000 < Costs(study, "NVIDIA H200").estimate(job).gpu_memory < 40_000
    assert Costs(study, CPU).estimate(job).gpu_memory == 0


def test_jobs_that_differ_in_seeds_take_the_same():
    costs = Costs(Study("laptop"), CPU)
    assert costs.estimate(Job("vgg_svhn", 0, 1)) is costs.estimate(Job("vgg_svhn", 1, 0))
    assert costs.estimate(Job("vgg_svhn", 0)) != costs.estimate(Job("vgg_svhn", 0, 0))


def test_a_device_that_was_never_measured():
    with pytest.raises(ValueError, match="unknown device 'NVIDIA H20'. Did you mean 'NVIDIA H200'"):
        Costs(Study("paper"), "NVIDIA H20")
    assert known_device("NVIDIA GeForce RTX 4090") == "NVIDIA H200"  # the nearest that there is
    assert known_device(CPU) == CPU
    assert device_kind("x86_64 CPU, 1 threads") == device_kind("arm64 CPU, 8 threads") == CPU
    assert device_kind("NVIDIA H200") == "NVIDIA H200"


def test_nothing_is_free_on_any_device():
    for device, units in load_units().items():
        assert all(units[name] >= 0 for name in QUANTITIES), device
        # every kind of job would cost something
        assert all(units[name] > 0 for name in ("flop", "pairs", "curvature", "signs", "points"))
