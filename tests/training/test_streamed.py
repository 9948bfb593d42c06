"""Training on images in files is the same as on these images in memory."""

from dataclasses import replace

import pytest
import torch

from lib.data import Images, load_folder
from lib.models import build_model
from lib.training import Momentum, PiecewiseLinear, Recipe, Training

from ..pictures import write_pictures
from .test_partial_trainings import finish

RECIPE = Recipe(
    epochs=2,
    batch_size=7,
    optimiser=Momentum(),
    schedule=PiecewiseLinear((0, 2), (0.02, 0.0)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("pictures"))


class InMemory(Images):
    """The random parts of all passes, cut out beforehand."""

    passes: dict

    def batches(self, batch_size, order=None, draws=()):
        return Images(self.passes[draws], self.labels).batches(batch_size, order)


def test_same_weights_as_from_the_same_images_in_memory(folder):
    streamed = load_folder(folder, 32)
    n = len(streamed.train)

    def read(draws):
        return next(streamed.train.batches(n, None, draws))[0]

    kept = InMemory(read(()), streamed.train.labels)
    object.__setattr__(kept, "passes", {(0, epoch): read((0, epoch)) for epoch in range(2)})
    weights = []
    for train in (streamed.train, kept):
        network = build_model("vgg_svhn", 2, 0.1, generator=torch.Generator().manual_seed(0))
        finish(Training(network, replace(streamed, train=train), RECIPE, 0))
        weights.append(torch.cat([p.flatten() for p in network.parameters()]))
    assert torch.equal(*weights)
