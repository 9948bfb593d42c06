"""Jobs on images that stay in their files: the numbers are those of the same images in memory."""

import pandas as pd
import pytest

from lib import data as lib_data
from lib.chapters.icann2020.potentials_job import Potentials
from lib.data import Augmentation, load_folder
from lib.pruning import Pruning
from lib.study import Experiment, Job, Probe, Profile, Study, profiles, run_job
from lib.study.profiles import Change
from lib.training import Momentum, PiecewiseLinear, Recipe

from ..pictures import write_pictures

NAME, SIDE = "folder", 40
FOLDER = Experiment(
    name=NAME,
    model="resnet18",
    dataset="imagenet",
    recipe=Recipe(
        epochs=1,
        batch_size=8,
        optimiser=Momentum(),
        schedule=PiecewiseLinear((0, 1), (0.01, 0.01)),
        augmentation=Augmentation(flip=True),
    ),
    pruning=Pruning(iterations=1, fraction=0.5, score="gradient_weight"),
    probe=Probe(images=18),
    metrics=("svcca", "cka"),
    output_metrics=(),
    also=("gap",),
    permutations=0,
    prune_seeds=(0,),
)
COMPLETE, RUN = Job(NAME, 0), Job(NAME, 0, 0)


class OneExperiment(Profile):
    def experiment(self, name):
        return {NAME: FOLDER}[name]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_pictures(folder / "imagenet", train=12, held_out=10, side=50)
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory, data):
    """A complete network and its run, on pictures of 40x40."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(lib_data.STREAMED, "imagenet", SIDE)
        changes = {NAME: {"recipe.epochs": Change(1, "a test")}}
        profile = OneExperiment(name="folders", description="a test", changes=changes)
        patch.setitem(profiles.PROFILES, "folders", profile)
        made = Study("folders", tmp_path_factory.mktemp("study"))
        for job in (COMPLETE, RUN):
            run_job(made, job, data, "cpu")
        yield made


def test_analyses_read_their_images_into_memory(study, data, monkeypatch):
    analysis = Potentials(iterations=(1,), images=10)
    monkeypatch.setattr(type(study), "analysis", lambda self, job: analysis)
    run_job(study, Job(NAME, 0, 0, "potentials"), data, "cpu")
    table = pd.read_parquet(study.job_folder(Job(NAME, 0, 0, "potentials")) / "potentials.parquet")
    assert set(table.iteration) == {0, 1}


def test_images_read_at_once_are_those_that_are_streamed(data):
    images = load_folder(data / "imagenet", SIDE).test
    whole = images.in_memory()
    (pixels, labels) = next(images.batches(len(images)))
    assert whole.pixels.equal(pixels)
    assert whole.labels.equal(labels)
    assert images.take(slice(0)).in_memory().pixels.shape == (0, 3, SIDE, SIDE)
    assert whole.in_memory() is whole
