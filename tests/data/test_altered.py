"""Labels and images that are altered as said, and in no other place."""

import pytest
import torch

from lib.data import Dataset, Images, load_dataset, with_dots, with_random_labels
from lib.data.altered import DOT_DIAMETER, class_colours


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", "")


def test_a_share_of_the_labels_is_drawn_anew_and_a_tenth_of_them_is_right_by_chance(digits):
    altered = with_random_labels(digits, 0.5)
    differs = altered.train.labels != digits.train.labels
    assert differs.double().mean().item() == pytest.approx(0.5 * 0.9, abs=0.03)
    assert altered.test is digits.test
    assert altered.train.pixels is digits.train.pixels


def test_random_labels_are_the_same_each_time_and_those_of_more_include_those_of_fewer(digits):
    few, again, many = (with_random_labels(digits, share).train.labels for share in (0.2, 0.2, 0.9))
    assert few.equal(again)
    hit = few != digits.train.labels
    assert many[hit].equal(few[hit])
    assert with_random_labels(digits, 0.0).train.labels.equal(digits.train.labels)


def found_dots(before: Images, after: Images, classes: int) -> torch.Tensor:
    """The class whose colour each image's dot has."""
    colours = class_colours(classes)
    dots = []
    for old, new in zip(before.pixels, after.pixels, strict=True):
        changed = (old != new).any(0)
        colour = new[:, changed].unique(dim=1)
        assert colour.shape[1] == 1
        rows = changed.any(1).sum()
        columns = changed.any(0).sum()
        assert max(rows, columns) <= DOT_DIAMETER
        dots.append((colours == colour.T).all(1).nonzero().item())
    return torch.tensor(dots)


def grey(n=400, classes=5):
    """Images of one grey, which no dot has."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(classes, (n,), generator=generator)
    images = Images(torch.full((n, 3, 16, 12), 77, dtype=torch.uint8), labels)
    names = tuple("abcde")[:classes]
    return Dataset("grey", images, images, names, (0.3,) * 3, (0.1,) * 3, "Made up.")


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_a_dot_of_a_training_image_tells_its_class_as_often_as_said(correlation):
    data = grey()
    dotted = with_dots(data, correlation)
    tells = found_dots(data.train, dotted.train, 5) == data.train.labels
    expected = correlation + (1 - correlation) / 5
    assert tells.double().mean().item() == pytest.approx(expected, abs=0.06)
    assert dotted.train.labels is data.train.labels
    of_test = found_dots(data.test, dotted.test, 5) == data.test.labels
    assert of_test.double().mean().item() == pytest.approx(0.2, abs=0.06)


def test_dots_lie_at_the_same_places_each_time_and_have_one_size():
    data = grey()
    weak, strong = (with_dots(data, correlation) for correlation in (0.0, 1.0))
    places = [(dotted.train.pixels != 77).any(1) for dotted in (weak, strong)]
    assert places[0].equal(places[1])
    assert set(places[0].sum((1, 2)).tolist()) == {21}
    assert with_dots(data, 0.0).train.pixels.equal(weak.train.pixels)
    assert not weak.train.pixels.equal(weak.test.pixels)


def test_images_without_colours_have_no_dots():
    data = grey()
    one_channel = Images(data.train.pixels[:, :1], data.train.labels)
    plain = Dataset("plain", one_channel, one_channel, data.classes, (0.3,), (0.1,), "Made up.")
    with pytest.raises(ValueError, match="need colour images"):
        with_dots(plain, 0.5)
