"""Which complete networks an analysis takes beside the own one: those that are declared."""

import pytest

from lib.analyses.network_analysis import BesideOtherSeeds
from lib.analyses.validity.descent_job import DescentOfConverged
from lib.analyses.validity.detection_job import Detection
from lib.catalogue import CATALOGUE, PROFILES, load_profile
from lib.study.job import Job

RUN = Job("vgg_svhn_trained_as_long", 4, 0)


def seeds(jobs):
    return [job.train_seed for job in jobs]


def test_others_are_all_seeds_that_are_declared_but_the_own_one():
    assert seeds(DescentOfConverged((1,), seeds=(1, 3, 4)).others(RUN)) == [1, 3]


def test_the_stranger_has_the_next_seed_and_after_the_last_comes_the_first():
    detection = Detection(("conv1_1",), damaged=(1,), seeds=(1, 4, 3))
    assert seeds(detection.others(RUN)) == [3]
    assert seeds(detection.others(Job(RUN.experiment, 3, 0))) == [1]
    assert detection.others(RUN)[0].experiment == RUN.experiment


@pytest.mark.parametrize("name", PROFILES)
def test_no_declared_train_seed_is_left_out(name):
    profile = load_profile(name)
    for analysis in CATALOGUE.analyses.values():
        for experiment, declared in analysis.of_profiles.get(name, {}).items():
            if isinstance(declared, BesideOtherSeeds | Detection):
                assert set(profile.experiment(experiment).train_seeds) <= set(declared.seeds)
