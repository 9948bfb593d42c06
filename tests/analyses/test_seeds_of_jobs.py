"""Which complete networks an analysis takes beside the own one: those that are declared."""

import pytest

from lib.analyses.network_analysis import BesideOtherSeeds
from lib.analyses.validity.descent_job import DescentOfConverged
from lib.catalogue import CATALOGUE, PROFILES, load_profile
from lib.study.job import Job

RUN = Job("vgg_svhn_trained_as_long", 4, 0)


def seeds(jobs):
    return [job.train_seed for job in jobs]


def test_others_are_all_seeds_that_are_declared_but_the_own_one():
    assert seeds(DescentOfConverged((1,), seeds=(1, 3, 4)).others(RUN)) == [1, 3]


@pytest.mark.parametrize("name", PROFILES)
def test_no_declared_train_seed_is_left_out(name):
    profile = load_profile(name)
    for analysis in CATALOGUE.analyses.values():
        for experiment, declared in analysis.of_profiles.get(name, {}).items():
            if isinstance(declared, BesideOtherSeeds):
                assert set(profile.experiment(experiment).train_seeds) <= set(declared.seeds)
