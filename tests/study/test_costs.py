"""Estimates are close to what jobs really took, and a scheduler is asked for enough."""

import pytest

from benchmarks.jobs import estimated, load
from lib.study import Job, Study
from lib.study.costs import CPU, device_kind, estimate, known_device, load_costs, resources
from lib.study.work import UNITS

FACTOR = 2.0
"""An estimate is called good if it is wrong by no more than this."""


@pytest.fixture(scope="module")
def measured():
    table = estimated(load())
    return table.assign(ratio=table.estimate / table.seconds)


def test_no_job_took_less_than_half_of_its_estimate_and_few_took_more_than_twice(measured):
    assert measured.groupby("kind").ratio.median().between(0.9, 1.1).all()
    assert (measured.ratio < FACTOR).all()
    assert (measured.ratio < 1 / FACTOR).mean() < 0.06


def test_a_scheduler_would_have_been_asked_for_enough_except_for_jobs_that_slept(measured):
    short = measured[~measured.enough]
    assert len(short) < 0.02 * len(measured)
    assert (short.ratio < 1 / 3).all()


def test_a_scheduler_is_asked_for_more_than_the_estimate_in_whole_numbers():
    study = Study("paper")
    for job in (Job("resnet_fast", 0), Job("resnet_fast", 0, 0)):
        one = estimate(study, job, CPU)
        asked = resources(one.seconds, one.memory)
        assert 3 * one.seconds < 60 * asked["runtime"] < 4 * one.seconds
        assert 1.5 * one.memory * 2**20 <= asked["mem_mb"] * 1e6 < 2 * one.memory * 2**20
        assert all(type(number) is int for number in asked.values())


def test_the_memory_of_a_gpu_is_estimated_where_there_is_one():
    study, job = Study("paper"), Job("resnet_fast", 0, 0)
    assert 10_000 < estimate(study, job, "NVIDIA H200").gpu_memory < 40_000
    assert estimate(study, job, CPU).gpu_memory == 0


def test_jobs_that_differ_in_seeds_take_the_same():
    study = Study("laptop")
    assert estimate(study, Job("vgg_svhn", 0, 1)) == estimate(study, Job("vgg_svhn", 1, 0))
    assert estimate(study, Job("vgg_svhn", 0)) != estimate(study, Job("vgg_svhn", 0, 0))


def test_a_device_that_was_never_measured():
    with pytest.raises(ValueError, match="unknown device 'NVIDIA H20'. Did you mean 'NVIDIA H200'"):
        estimate(Study("paper"), Job("vgg_svhn", 0), "NVIDIA H20")
    # the only GPU that was measured
    assert known_device("NVIDIA GeForce RTX 4090") == "NVIDIA H200"
    assert known_device(CPU) == CPU
    assert device_kind("x86_64 CPU, 1 threads") == device_kind("arm64 CPU, 8 threads") == CPU
    assert device_kind("NVIDIA H200") == "NVIDIA H200"


@pytest.mark.parametrize("device", load_costs())
def test_nothing_is_free_on_any_device(device):
    costs = load_costs()[device]
    assert all(costs[unit] >= 0 for unit in UNITS)
    # every kind of job would cost something
    assert all(costs[unit] > 0 for unit in ("flop", "pairs", "curvature", "signs", "points"))
