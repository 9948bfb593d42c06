"""A plan counts what is left to do, and touches nothing."""

import pytest

from lib.study import Job, Study
from lib.study.costs import CPU, estimate
from lib.study.plan import duration, longest_chain, plan, text

from .made_up_jobs import pretend, with_seeds

NAMES = ["vgg_svhn", "vgg_svhn_untrained", "vgg_svhn_random_masks", "vgg_svhn_brief"]


@pytest.fixture
def study(tmp_path):
    study = Study("laptop", tmp_path / "study", NAMES)
    return with_seeds(study, train_seeds=(0, 1), prune_seeds=(0, 1, 2))


def test_every_job_is_counted_once_under_its_kind(study):
    jobs, found = list(study.jobs()), plan(study, CPU)
    assert found.job.tolist() == jobs
    assert set(zip(found.experiment, found.category, strict=True)) == {
        ("vgg_svhn", "complete networks"),
        ("vgg_svhn", "runs"),
        ("vgg_svhn", "robustness"),
        ("vgg_svhn", "matching"),
        ("vgg_svhn", "detection"),
        *(("vgg_svhn", name) for name in ("gradients", "one_layer", "flips")),
        ("vgg_svhn_untrained", "controls"),
        ("vgg_svhn_random_masks", "controls"),
        ("vgg_svhn_random_masks", "matching"),
        ("vgg_svhn_brief", "runs"),
    }
    assert found.seconds.tolist() == [estimate(study, job, CPU).seconds for job in jobs]


def test_what_is_done_is_left_out(study):
    before = plan(study, CPU)
    gone = [Job("vgg_svhn", 0), Job("vgg_svhn", 0, 0)]
    for job in gone:
        pretend(study, job)
    assert plan(study, CPU).job.tolist() == [job for job in before.job if job not in gone]
    for job in study.jobs():
        pretend(study, job)
    assert "all jobs are done" in text(study, CPU)


def test_the_longest_chain_goes_from_a_complete_network_to_what_needs_its_run(study):
    seconds = dict.fromkeys(study.jobs(), 1.0)
    assert longest_chain(study, seconds) == 4
    seconds[Job("vgg_svhn", 0, 2)] = 100.0
    assert longest_chain(study, seconds) == 103  # network, run, its random masks, their matching
    del seconds[Job("vgg_svhn", 0)]
    assert longest_chain(study, seconds) == 102


def test_the_text_has_hours_and_megabytes_and_nothing_is_written(study):
    found, shown = plan(study, CPU), text(study, CPU)
    assert f"in all: {duration(found.seconds.sum())}" in shown
    assert f"{found.disk.sum() / 1e6:,.0f} MB" in shown
    assert "one core" in shown
    assert "NVIDIA H200" in text(study, "NVIDIA H200")
    assert not study.folder.exists()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (99, "99 s"), (101, "2 min"), (5000, "83 min"), (6000, "1.7 h"), (4e6, "1,111 h")],
)
def test_a_time_is_given_in_fitting_units(seconds, shown):
    assert duration(seconds) == shown
