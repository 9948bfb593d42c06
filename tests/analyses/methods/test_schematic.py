"""Pictures of the networks: every layer, in its size and colour, and the skips of the network."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
import torch
from torch import nn

from lib.analyses.methods.schematic import NOT_RECORDED, schematic, shapes_and_skips
from lib.models import MODELS, build_model, recorded_layers

SLIM = 0.05


def layers_of(picture):
    return [layer for group in picture.groups for layer in group]


def elements(picture, tag):
    root = ElementTree.fromstring(picture._repr_html_())
    return [element for element in root.iter() if element.tag == tag]


@pytest.mark.parametrize("model", MODELS)
def test_every_recorded_layer_is_drawn_in_forward_order(model):
    picture = schematic(model, SLIM)
    drawn = [(x.name, x.kind) for x in layers_of(picture) if x.kind != NOT_RECORDED]
    assert drawn == recorded_layers(build_model(model, width=SLIM))
    assert len(elements(picture, "rect")) == len(layers_of(picture))
    texts = [text.text for text in elements(picture, "text")]
    assert texts[::2] == [x.name for x in layers_of(picture)]


def test_a_chain_of_blocks_is_split_between_them_and_each_skip_is_drawn():
    picture = schematic("resnet32", SLIM)
    sums = [f"add{i}_{j}" for i in (1, 2, 3) for j in (1, 2, 3, 4, 5)]
    assert picture.skips == tuple(pairwise(["prep", *sums]))
    assert [group[-1].name for group in picture.groups] == ["image", *sums, "out"]
    drawn = [path for path in elements(picture, "path") if "fill:none" in path.get("style")]
    assert len(drawn) == len(sums)
    assert all("var(--kind-add," in path.get("style") for path in drawn)


class Sum(nn.Module):
    def forward(self, x, y):
        return x + y


class Plain(nn.Module):
    """A sum of two layers, or of a layer and something unknown."""

    recorded_layers = (("a", "conv"), ("b", "conv"), ("c", "conv"), ("add", "add"))

    def __init__(self, known):
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(3, 3, 1) for _ in range(3))
        self.add = Sum()
        self.known = known

    def forward(self, x):
        a = self.a(x)
        return self.add(self.c(self.b(a)), a if self.known else a * 2)


def test_skips_are_those_that_the_forward_pass_takes_whatever_the_names():
    image = torch.zeros(1, 3, 4, 4)
    assert shapes_and_skips(Plain(known=True), image)[1] == (("a", "add"),)
    with pytest.raises(ValueError, match="add adds what no recorded layer gives"):
        shapes_and_skips(Plain(known=False), image)
