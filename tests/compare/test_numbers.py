"""`compare_networks`: the numbers of `lib.metrics` on what plain hooks record, for any images."""

import numpy as np
import pandas as pd
import pytest
import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset
from torchvision import transforms

from lib import compare_networks
from lib.metrics import compare

from ..pictures import write_pictures
from .networks import first_outputs, seeded

METRICS = ("svcca", "pwcca", "cka", "nbs", "procrustes", "cka_debiased", "rsa")
RESHAPES = ("channels", "flat", "gap")
LAYERS = ["first", "second", "out"]
ASKED = {"layers": LAYERS, "metrics": METRICS, "reshapes": RESHAPES}
NUMBERS = ["value", "null_mean", "null_sd", "p_value", "rank_x", "rank_y", "dead_x", "dead_y"]
KEY = ["layer_x", "layer_y", "reshape", "metric"]


class Small(nn.Module):
    """Two blocks of an in-place ReLU after normalisation, and a head."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.BatchNorm2d(4))
        self.act = nn.ReLU(inplace=True)
        self.second, self.out = nn.Conv2d(4, 6, 3, 2), nn.Linear(6, 5)
        self.first[1].weight.data.uniform_(0.5, 2)
        self.double()

    def forward(self, x):
        x = self.act(self.first(x))
        return self.out(self.act(self.second(x)).mean((2, 3)))


class Tokens(nn.Module):
    """Patches as tokens after a class token, attention that returns a tuple, and a dictionary."""

    def __init__(self):
        super().__init__()
        self.patches, self.cls = nn.Conv2d(3, 8, 4, 4), nn.Parameter(torch.randn(8))
        self.norm, self.att = nn.LayerNorm(8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 5)
        self.double()

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = self.norm(torch.cat([self.cls.expand(len(x), 1, -1), x], 1))
        hidden = self.att(x, x, x)[0]
        return {"logits": self.head(hidden[:, 0]), "hidden": {"before": x, "after": hidden}}


@pytest.fixture(scope="module")
def networks():
    return seeded(0, Small).train(), seeded(1, Small).eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("pictures"), each=15, side=24)


@pytest.fixture(scope="module")
def images(folder):
    """What a folder gives, in the order of the names."""
    look = [transforms.Resize(21), transforms.CenterCrop(18), transforms.ToTensor()]
    look.append(transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    files = torchvision.datasets.ImageFolder(folder, transforms.Compose(look))
    return torch.stack([image for image, _ in files])


def keyed(table):
    return table.set_index(KEY)[NUMBERS].sort_index()


@pytest.fixture(scope="module")
def wanted(networks, images):
    """{permutations: rows}; without any, what is known of a null is the mean of that of CKA."""
    sides = [first_outputs(network, images, LAYERS) for network in networks]
    tables = {}
    for permutations in (0, 20):
        more = {"metrics": METRICS, "reshapes": RESHAPES, "permutations": permutations}
        rows = [
            {"layer_x": name, "layer_y": name} | row
            for name in LAYERS
            for row in compare(*(side[name] for side in sides), **more)
        ]
        tables[permutations] = keyed(pd.DataFrame(rows))
    return tables


def assert_same(found, expected, rtol=1e-7):
    pd.testing.assert_frame_equal(found, expected, rtol=rtol, atol=rtol / 100, check_dtype=False)


def batches(images):
    return list(images.split(7))


@pytest.mark.parametrize("more", [{"batch_size": 8}, {"memory": 200_000}], ids=str)
def test_numbers_and_nulls_are_those_of_the_metrics(networks, images, wanted, more):
    """At once, or in several passes."""
    table = compare_networks(*networks, images, **ASKED, permutations=20, **more)
    assert table.attrs["images"] == len(images) == 30
    assert (table.note == "").eq(table.value.notna()).all()
    assert_same(keyed(table), wanted[20])
    assert table.p_value.notna().sum() > 20


def test_a_folder_is_read_as_for_torchvisions_networks(networks, wanted, folder):
    table = compare_networks(*networks, folder, **ASKED, batch_size=7, image_size=18)
    assert_same(keyed(table), wanted[0], rtol=1e-4)


def test_a_pair_of_layers_that_does_not_fit_has_a_note_and_all_others_their_numbers(
    networks, images, wanted
):
    table = compare_networks(*networks, images, **ASKED, memory=60_000)
    large = table.layer_x == "first"
    assert table[large].value.isna().all()
    said = "first of a and first of b need 0.1 MiB for 30 images, more than memory allows; raise"
    assert table[large].note.str.startswith(said).all()
    assert_same(keyed(table[~large]), wanted[0].drop("first"))
    for some in (60_000, 200_000, 1 << 30):  # rows have one order for every memory
        assert table[KEY].equals(compare_networks(*networks, images, **ASKED, memory=some)[KEY])


def test_tokens_are_rows_or_their_mean_and_items_have_names(images):
    networks, x = (seeded(0, Tokens), seeded(1, Tokens)), images[:, :, :16, :16].double()
    outputs = []
    for network in networks:
        with torch.no_grad():
            outputs.append(network(x))
    layers = ["att:0", ":hidden.before", "head", "att:1"]
    table = compare_networks(
        *networks, x, layers, "cka", reshapes=["channels", "gap", "flat"]
    ).set_index(["layer_x", "reshape"])
    for name, which in (("att:0", "after"), (":hidden.before", "before")):
        sides = [out["hidden"][which] for out in outputs]
        expected = {
            "channels": [side.flatten(0, 1) for side in sides],
            "gap": [side.mean(1) for side in sides],
            "flat": [side.flatten(1) for side in sides],
        }
        for reshape, (left, right) in expected.items():
            (row,) = compare(left, right, metrics=["cka"])
            assert table.value[name, reshape] == pytest.approx(row["value"], rel=1e-9, nan_ok=True)
    (row,) = compare(*(out["logits"] for out in outputs), metrics=["cka"])
    assert table.value["head", "flat"] == table.value["head", "channels"]
    assert table.value["head", "flat"] == pytest.approx(row["value"], rel=1e-9)
    assert table.kind["att:0", "gap"] == "attention"


def test_two_architectures_are_compared_by_all_pairs_and_impossible_ones_say_why(images):
    a, b, x = seeded(0, Small), seeded(0, Tokens), images[:, :, :16, :16]
    layers = {name: ["norm", "patches", "head"] for name in ("first", "out")}
    table = compare_networks(a, b, x, layers)
    assert len(table) == 2 * 3 * 4
    pair = table.set_index(["layer_x", "layer_y", "metric"])
    assert "want the spatial size of first of a" in pair.note["first", "norm", "svcca"]
    sides = first_outputs(a, x, ["first"])["first"], first_outputs(b, x, ["norm"])["norm"]
    (row,) = compare(*(side.flatten(1) for side in sides), metrics=["nbs"])
    assert pair.value["first", "norm", "nbs"] == pytest.approx(row["value"], rel=1e-9)
    asked = {"metrics": "cka", "reshapes": ["gap"], "say": None}
    every = compare_networks(a, b, x, pairs="all", **asked)
    assert every.layer_x.nunique() * every.layer_y.nunique() == len(every)
    assert every.value.notna().all()
    pairs = {"out": "head", "first": ["head", "patches", "head"]}
    table = compare_networks(a, b, x, pairs, **asked).set_index(["layer_x", "layer_y"]).value
    assert [*table.index] == [("out", "head"), ("first", "head"), ("first", "patches")]
    among_all = every.set_index(["layer_x", "layer_y"]).value["out", "head"]
    assert table["out", "head"] == pytest.approx(among_all, abs=1e-12)
    assert table.notna().all()


def test_a_layer_without_variance_has_a_row_that_says_so(networks, images):
    silent = seeded(1, Small)
    nn.init.zeros_(silent.first[1].weight)
    table = compare_networks(networks[0], silent, images, ["first"])
    channels = table[table.reshape == "channels"]
    assert channels.value.isna().all()
    assert channels.note.str.contains("first of b: got shape .* without variance").all()
    assert (channels.rank_y == 0).all()
    assert (channels.dead_y == 4).all()


def test_two_images_have_no_value_where_a_row_is_an_image(networks, images):
    asked = {"metrics": "cka", "reshapes": ["flat"]}
    [row] = compare_networks(*networks, images[:2], "first", **asked).itertuples()
    assert np.isnan(row.value)
    assert row.note.startswith("first of a: got 2 rows, want n >= 3")


class Stream(IterableDataset):
    """Images that do not say how many they are."""

    def __init__(self, images):
        self.images = images

    def __iter__(self):
        yield from self.images


FORMS = {
    "array": lambda images: images.numpy(),
    "batches with labels": lambda images: [(one, None) for one in images.split(7)],
    "dataset": TensorDataset,
    "iterator": lambda images: iter(DataLoader(TensorDataset(images), 7)),
    "stream": lambda images: DataLoader(Stream(images), 7),
    "shuffled": lambda images: DataLoader(TensorDataset(images), 8, shuffle=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_images_may_come_in_any_form(networks, images, wanted, form):
    """In passes as well, in each of which a loader shuffles anew."""
    memory = {"memory": 200_000, "batch_size": 11}
    table = compare_networks(*networks, FORMS[form](images), **ASKED, **memory)
    assert table.attrs["images"] == 30
    assert_same(keyed(table)[["value"]], wanted[0][["value"]])
