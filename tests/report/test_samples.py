"""Pictures of the data: the right images, decodable, small, the same bytes each time."""

import base64
import io
import re

import matplotlib.image
import numpy as np
import pytest
import torch

from lib.data import Augmentation, load_dataset
from lib.report import samples

ALL = Augmentation(crop=4, flip=True, degrees=15.0, translate=0.1, cutout=8)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", "nowhere")


def decoded(data):
    return np.round(255 * matplotlib.image.imread(io.BytesIO(data), format="png")).astype(int)


@pytest.mark.parametrize("shape", [(1, 4, 6), (3, 4, 6), (3, 200, 150)])
def test_a_png_holds_the_pixels(shape):
    draws = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, shape, generator=draws).to(torch.uint8)
    image = decoded(samples.png(pixels))
    expected = pixels.permute(1, 2, 0).numpy().squeeze()
    assert np.array_equal(image.squeeze(), expected)


def test_equal_channels_are_stored_once(digits):
    image = digits.train.pixels[0]
    assert len(samples.png(image)) == len(samples.png(image[:1])) < 1200
    assert np.array_equal(decoded(samples.png(image)), image[0].numpy())


def test_rows_hold_images_of_their_class(digits):
    strips = samples.classes(digits, each=2)
    assert list(strips.rows) == list("0123456789")
    for name, images in strips.rows.items():
        same = (digits.train.pixels[:, None] == images[None]).flatten(2).all(2).any(1)
        assert {digits.classes[label] for label in digits.train.labels[same]} == {name}
        assert len(images) == 2


def test_counts_are_those_of_the_data_set(digits):
    table = samples.counts(digits)
    *classes, total = table.rows
    assert total == ("all", "1,297", "500")
    for column in (1, 2):
        numbers = [int(row[column].replace(",", "")) for row in classes]
        assert sum(numbers) == int(total[column].replace(",", ""))
    assert int(classes[3][1]) == int((digits.train.labels == 3).sum())


def test_each_step_stands_alone_and_then_all_together():
    steps = samples.steps(ALL)
    assert list(steps) == ["crop", "flip", "rotation", "shift", "cut-out", "all together"]
    assert steps["crop"] == Augmentation(crop=4)
    assert steps["all together"] == ALL
    assert list(samples.steps(Augmentation(flip=True))) == ["flip", "all together"]


def test_rows_show_what_their_step_does(digits):
    original = digits.train.pixels[7]
    rows = samples.augmented(digits, ALL, index=7, draws=5).rows
    assert torch.equal(rows["as it is"][0], original)
    crops, flips, *_, holes, _ = list(rows.values())[1:]
    for copy in flips:
        assert torch.equal(copy, original) or torch.equal(copy, original.flip(2))
    assert len(flips.unique(dim=0)) == 2
    ink = original.int().sum()
    assert all(copy.int().sum() <= ink for copy in crops)
    hole = round(digits.mean[0] * 255)
    for copy in holes:
        changed = (copy != original).any(0)
        assert 0 < changed.sum() <= 64
        assert (copy[0][changed] == hole).all()


def test_the_table_has_a_source_for_every_step():
    sources = {name: f"source of {name}" for name in ("crop", "flip", "degrees", "cutout")}
    table = samples.augmentation_table(Augmentation(crop=4, cutout=8), sources)
    assert table.rows == (
        ("crop", "crop after padding by 4", "source of crop"),
        ("cut-out", "cut-out of 8 x 8", "source of cutout"),
    )


@pytest.mark.parametrize("make", ["classes", "augmented"])
def test_a_figure_is_small_says_what_it_shows_and_is_the_same_each_time(digits, make):
    def draw():
        if make == "classes":
            return samples.classes(digits)
        return samples.augmented(digits, ALL, index=7)

    text = draw()._repr_html_()
    assert draw()._repr_html_() == text
    assert len(text) < 60_000
    assert f'aria-label="{draw().label}"' in text
    assert len(draw().label) > 60
    images = re.findall(r"base64,([^\"]+)", text)
    assert len(images) == sum(len(row) for row in draw().rows.values())
    assert decoded(base64.b64decode(images[0])).shape == (32, 32)
