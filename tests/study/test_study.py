"""A study of thousands of jobs: what is the same for many of them is computed once."""

import pytest

from lib.catalogue import declared_study
from lib.study import study as module
from lib.study.experiment import with_value
from lib.study.fingerprint import complete_fingerprint, run_fingerprint
from lib.study.job import Job

from .made_up_jobs import with_seeds

NAMES = ["vgg_svhn", "vgg_svhn_random_masks", "vgg_svhn_weight_rewind"]


@pytest.fixture
def study(tmp_path):
    return with_seeds(declared_study("laptop", tmp_path, NAMES), prune_seeds=tuple(range(100)))


def test_fingerprints_are_computed_once_for_all_seeds(study, monkeypatch):
    computed = []

    def counting(kind):
        return lambda *given: computed.append(kind) or kind(*given)

    monkeypatch.setattr(module, "complete_fingerprint", counting(complete_fingerprint))
    monkeypatch.setattr(module, "run_fingerprint", counting(run_fingerprint))
    jobs = list(study.jobs())
    assert len(jobs) > 400
    folders = {study.job_folder(job) for job in jobs}
    for job in jobs:
        study.needs(job)
    assert len(folders) == len(jobs)
    assert len(computed) < 20


def test_an_experiment_that_takes_the_place_of_another_has_its_own_fingerprints(study):
    job = Job("vgg_svhn", 0, 0)
    before = study.fingerprint(job)
    study.experiments["vgg_svhn"] = with_value(study.experiment("vgg_svhn"), "permutations", 7)
    assert study.fingerprint(job) == run_fingerprint(study.experiment("vgg_svhn")) != before


def test_equal_numbers_of_two_types_do_not_share_a_fingerprint(study):
    """1 equals 1.0, but results may exist under the fingerprints of both."""
    job = Job("vgg_svhn", 0)
    whole, broken = (with_value(study.experiment("vgg_svhn"), "width", width) for width in (1, 1.0))
    names = []
    for experiment in (whole, broken, whole):
        study.experiments["vgg_svhn"] = experiment
        names.append(study.fingerprint(job))
    assert names == [complete_fingerprint(e) for e in (whole, broken, whole)]


def test_a_change_decides_anew_whether_a_complete_network_is_shared(study):
    control = Job("vgg_svhn_random_masks", 0, 0)
    assert study.complete(control) == Job("vgg_svhn", 0)
    other = with_value(study.experiment(control.experiment), "width", 0.125)
    study.experiments[control.experiment] = other
    assert study.complete(control) == Job(control.experiment, 0)
