"""A study that takes seconds: one tiny network on the embedded digits."""

import shutil
from functools import cache

import pytest

from lib.data import Augmentation
from lib.declared import CATALOGUE, PROFILES
from lib.pruning import Pruning
from lib.study import prepared_experiment
from lib.study.declarations import Profile
from lib.study.experiment import Experiment, Probe
from lib.study.study import Study
from lib.study.work import run_job
from lib.training import Momentum, PiecewiseLinear, Recipe

TINY = Experiment(
    name="vgg_svhn",
    model="vgg_svhn",
    dataset="digits",
    width=0.1,
    train_images=96,
    classes=(0, 1),  # so that a fifth of the test images is left: most of the time goes there
    recipe=Recipe(
        epochs=2,
        batch_size=32,
        optimiser=Momentum(),
        schedule=PiecewiseLinear((0, 1, 2), (0, 0.1, 0)),
        augmentation=Augmentation(crop=2, degrees=5.0, cutout=4),
    ),
    pruning=Pruning(iterations=2, fraction=0.2),
    probe=Probe(images=40),
    metrics=("svcca", "cka"),
    permutations=2,
    prune_seeds=(0, 1),
)


class OneExperiment(Profile):
    """A profile of the experiment above, whatever the paper says."""

    def experiment(self, name):
        assert name == TINY.name
        return TINY


PROFILE = OneExperiment(name="test", description="a test", catalogue=CATALOGUE)


@pytest.fixture(scope="session", autouse=True)
def images_read_once():
    """No job changes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared_experiment, "load_dataset", cache(prepared_experiment.load_dataset))
        yield


@pytest.fixture
def study(tmp_path, monkeypatch):
    """The study; what reads its tables finds the profile by its name."""
    monkeypatch.setitem(PROFILES, PROFILE.name, PROFILE)
    return Study(PROFILE, tmp_path / "study", [TINY.name])


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with all jobs of the study. Tests get copies."""
    study = Study(PROFILE, tmp_path_factory.mktemp("finished"), [TINY.name])
    for job in study.jobs():
        run_job(job, device="cpu")
    return study.folder


@pytest.fixture
def trained(study, finished):
    """The study with all of its jobs done: the complete network and two runs."""
    shutil.copytree(finished, study.folder)
    return study
