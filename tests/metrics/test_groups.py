"""Groups of images, which nulls exchange as a whole."""

import numpy as np
import pytest
import torch

from lib import compare_networks
from lib.metrics import METRICS, compare, permutation_null
from lib.metrics.groups import random_orders, read_groups, repeats
from lib.metrics.metric import pair_of

COPIES = 5
NOTE = "200 images, of which 40 differ: the null is too low"


def single(images, seed):
    generator = np.random.default_rng(seed)
    return [generator.standard_normal((images, 5)) for _ in "xy"]


def copied(images, seed=0):
    return [np.repeat(side, COPIES, axis=0) for side in single(images, seed)]


def labels_of(images):
    return np.repeat(np.arange(images), COPIES)


@pytest.mark.parametrize("metric", ["cka", "procrustes", "linear_regression"])
def test_the_null_of_copies_is_that_of_the_images_that_are_copied(metric):
    x, y = single(40, 1)
    expected = [METRICS[metric](x, y[order]) for order in random_orders(40, 30, 3)]
    given = {"permutations": 30, "seed": 3, "groups": labels_of(40)}
    null = permutation_null(*copied(40, 1), metric, **given)
    assert not null.exact
    assert null.note == ""
    assert null.mean == pytest.approx(np.mean(expected), abs=1e-10)
    assert null.sd == pytest.approx(np.std(expected, ddof=1), abs=1e-10)
    reshape = METRICS[metric].reshape
    (row,) = compare(*copied(40, 1), metrics=metric, reshapes=[reshape], **given)
    assert (row["null_mean"], row["p_value"]) == pytest.approx((null.mean, null.p_value))
    (row,) = compare(*copied(40, 1), metrics=metric, groups=labels_of(40))
    assert np.isnan(row["null_mean"])


def test_whole_groups_change_places_with_those_of_their_size():
    labels = [*"abacdcbeddfffgg"]
    groups = read_groups(labels, len(labels))
    sizes = np.array([labels.count(label) for label in labels])
    moved = set()
    for order in random_orders(len(labels), 500, 0, groups):
        assert sorted(order.tolist()) == [*range(len(labels))]
        assert (sizes[order] == sizes).all()
        for images in groups.members:
            assert any(torch.equal(order[images], other) for other in groups.members)
        moved.add(tuple(order.tolist()))
    assert len(moved) == 48  # 4! orders of pairs, 2! of triples; e has no other of its size


def test_repeats_are_those_of_both_sides_and_of_all_values():
    x, y = copied(40)
    assert permutation_null(x, y).note.startswith(NOTE)
    assert repeats(pair_of(x, np.random.default_rng(5).standard_normal(y.shape), None)) == ""
    wide = np.zeros((30, 400))
    wide[:, 1] = np.arange(30)  # which is none of the columns that are looked at first
    assert repeats(pair_of(wide, wide, None)) == ""
    wide[7, 1] = 3
    half = torch.tensor(wide, dtype=torch.bfloat16)
    assert repeats(pair_of(half, half, None)).startswith("30 images, of which 29 differ")


WRONG = {
    "number": ([0, 1], "^groups: got 2 labels, want one for each of 200 images"),
    "word": ("a", "^groups: want one label for each image"),
    "two-dimensional": (np.zeros((200, 2)), "^groups: want one label for each image"),
    "one group": ([0] * 200, "^groups: 1 have 1 orders of groups of equal size, want 20"),
    "three": ([0] * 60 + [1] * 60 + [2] * 60 + [3] * 20, "^groups: 4 have 6 orders of groups"),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_groups_are_refused(name):
    groups, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        permutation_null(*copied(40), groups=groups)


def test_networks_are_compared_by_groups_and_notes_warn_of_repeats_and_of_too_few_groups():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = [torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU()) for _ in "ab"]
        images = torch.rand(40, 6)
    copies, asked = images.repeat_interleave(COPIES, 0), {"permutations": 20, "say": None}
    alone = compare_networks(*networks, images, metrics=["svcca"], **asked)
    batches, labels = list(copies.split(50)), labels_of(40).tolist()
    table = compare_networks(*networks, batches, metrics=["svcca"], groups=labels, **asked)
    numbers = ["value", "null_mean", "null_sd", "p_value"]
    assert table[numbers].to_numpy() == pytest.approx(alone[numbers].to_numpy(), abs=1e-6)
    assert (table.note == "").all()
    asked["metrics"] = ["cka"]
    assert compare_networks(*networks, copies, **asked).note.str.startswith(NOTE).all()
    exact = {"permutations": 0, "metrics": ["cka", "nbs"]}  # NBS has no null then
    assert compare_networks(*networks, copies, **asked | exact).note.str.startswith(NOTE).all()
    without_null = compare_networks(*networks, copies, **asked | exact | {"metrics": ["nbs"]})
    assert (without_null.note == "").all()
    table = compare_networks(*networks, copies, groups=[0] * 100 + [1] * 100, **asked)
    assert table.p_value.isna().all()
    assert table.note.str.startswith("no null: groups: 2 have 2 orders of").all()
    with pytest.raises(ValueError, match="^groups: want one label for each image"):
        compare_networks(*networks, iter(()), groups="clip", **asked)  # before it reads images
