"""Relative similarity: where a value lies between those of strangers (0) and identity (1)."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from lib import compare_networks

from .networks import seeded

IMAGES = torch.rand(60, 3, 8, 8, generator=torch.Generator().manual_seed(0))
RELATIVE = ["relative", "relative_low", "relative_high"]


def network(seed):
    conv, out = seeded(seed, lambda: (nn.Conv2d(3, 6, 3), nn.Linear(216, 5)))
    return nn.Sequential(conv, nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), out)


def compared(a, b, strangers=(), images=IMAGES, **more):
    asked = {"layers": [0, 2, 4], "metrics": ["cka", "svcca", "nbs"], "say": None}
    return compare_networks(a, b, images, **asked | more, strangers=strangers)


def test_relative_similarity_is_by_the_mean_of_the_strangers_and_its_ends_by_single_ones():
    a, b, *strangers = map(network, range(5))
    table = compared(a, b, strangers)
    others = np.array([compared(one, b).value for one in strangers])
    columns = table[[f"stranger_{i + 1}" for i in range(len(strangers))]]
    assert columns.to_numpy() == pytest.approx(others.T, abs=1e-12)
    assert table.relative.tolist() == pytest.approx(
        (table.value - others.mean(0)) / (1 - others.mean(0)), abs=1e-12
    )
    for end, of_end in (("low", others.max(0)), ("high", others.min(0))):
        expected = (table.value - of_end) / (1 - of_end)
        assert table[f"relative_{end}"].tolist() == pytest.approx(expected, abs=1e-12)
    assert (table.relative_low <= table.relative).all()
    assert (table.relative <= table.relative_high).all()


@pytest.mark.parametrize(
    "more",
    [{}, {"permutations": 20}, {"images": list(IMAGES.split(20)), "memory": 500_000}],
    ids=["at once", "permutations", "in passes"],
)
def test_values_are_those_without_strangers(more):
    a, b, *strangers = map(network, range(4))
    table, without = compared(a, b, strangers, **more), compared(a, b, **more)
    assert table[without.columns].equals(without)
    assert {*table} - {*without} == {*RELATIVE, "stranger_1", "stranger_2"}
    assert table.relative.notna().equals(table.value.notna())
    assert table.relative.notna().any()


def test_what_makes_a_relative_similarity_uncertain_is_said():
    a, said = network(0), []
    near = [deepcopy(a) for _ in range(2)]
    for i, one in enumerate(near):
        one[0].weight.data[i] *= 1.1
    table = compared(a, network(3), [network(1), network(2)], say=said.append)
    assert "strangers: 2; in the median, one more moves" in said[0]
    assert (table.note == "").all()
    table = compared(a, near[0], [near[1], network(4), network(5)], say=said.append)
    assert "strangers" not in said[1]
    [high] = compared(a, near[0], near[1:], metrics="cka", layers=[0]).note
    assert high == "strangers above 0.95 leave the relative similarity little room"


def test_a_stranger_as_similar_as_identical_leaves_no_scale():
    table = compared(network(0), network(1), [network(1)])
    assert table.relative.isna().all()
    assert table.note.str.startswith("no relative similarity: a stranger has a sim").all()


WRONG = {
    "itself": (lambda a, b: [a], "^stranger 1: is a itself; want another network"),
    "twice": (lambda a, b: [network(5)] * 2, "^stranger 2: is stranger 1 itself"),
    "other layers": (lambda a, b: [nn.Sequential(nn.Flatten())], "^layers of stranger 1: unknown"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_stranger_is_refused(name):
    make, message = WRONG[name]
    a, b = network(0), network(1)
    with pytest.raises((TypeError, ValueError), match=message):
        compared(a, b, make(a, b))
