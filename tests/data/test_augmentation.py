"""Augmentation, pixel by pixel and in distribution."""

import math

import pytest
import torch
from scipy import stats

from lib.data import Augmentation, augment

MEAN = (0.4, 0.5, 0.6)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def images(n=2000, size=16):
    return torch.randint(1, 256, (n, 3, size, size), generator=generator(9), dtype=torch.uint8)


def apply(pixels, seed=0, **changes):
    mean = MEAN[: pixels.shape[1]]
    return augment(pixels, Augmentation(**changes), mean, generator(seed), torch.float64)


def test_cutout_is_one_square_of_the_mean_colour_inside_the_image():
    pixels = images(500)
    out = apply(pixels, cutout=5)
    fill = torch.tensor(MEAN, dtype=torch.float64).view(1, 3, 1, 1) * 255
    hole = (out != pixels).any(1)
    assert (hole.sum((1, 2)) == 25).all()
    rows, columns = hole.any(2), hole.any(1)
    assert (rows.sum(1) == 5).all()
    assert (columns.sum(1) == 5).all()
    assert torch.equal(torch.where(hole.unsqueeze(1), fill, pixels.double()), out)


def centre_of_mass(out):
    weight = out[:, 0]
    axis = torch.arange(out.shape[-1], dtype=torch.float64) - (out.shape[-1] - 1) / 2
    total = weight.sum((1, 2))
    return (weight.sum(1) * axis).sum(1) / total, (weight.sum(2) * axis).sum(1) / total


def blob(n, x, y, size=33):
    """Images of a smooth spot whose offset from the centre is (x, y)."""
    axis = torch.arange(size) - (size - 1) / 2
    spot = torch.exp(-((axis[:, None] - y) ** 2 + (axis[None, :] - x) ** 2) / 8) * 255
    return spot.round().to(torch.uint8).expand(n, 1, size, size)


def test_rotation_is_uniform_in_its_interval():
    x, y = centre_of_mass(apply(blob(1000, 10, 0), degrees=15.0))
    angles = torch.rad2deg(torch.atan2(y, x))
    assert angles.abs().max() < 15.2
    assert angles.mean().abs() < 4 * 15 / math.sqrt(3 * len(angles))
    assert angles.std().item() == pytest.approx(15 / math.sqrt(3), rel=0.05)
    assert torch.hypot(x, y).sub(10).abs().max() < 0.1


def test_translation_is_a_uniform_fraction_of_the_size_in_both_directions():
    shifts = torch.stack(centre_of_mass(apply(blob(1000, 0, 0, size=41), translate=0.1)))
    assert shifts.abs().max() < 4.15
    assert (shifts.std(1) - 4.1 / math.sqrt(3)).abs().max() < 0.1
    assert torch.corrcoef(shifts)[0, 1].abs() < 0.1


def equally_frequent(*outcomes, sizes):
    """p-value of a chi-square test that all combinations of integers from 0 are as frequent."""
    combined = torch.zeros_like(outcomes[0])
    for outcome, size in zip(outcomes, sizes, strict=True):
        assert 0 <= outcome.min() <= outcome.max() < size
        combined = combined * size + outcome
    return stats.chisquare(torch.bincount(combined, minlength=math.prod(sizes))).pvalue


@pytest.mark.parametrize("resampled", [{}, {"degrees": 1e-9}], ids=["gathered", "resampled"])
def test_all_offsets_are_equally_frequent_with_and_without_mirroring(resampled):
    pixels = torch.zeros(4000, 1, 9, 9, dtype=torch.uint8)
    pixels[:, 0, 4, 4] = 250  # the centre, which mirroring leaves in place
    pixels[:, 0, 4, 5] = 100  # and a mark to its right
    out = apply(pixels, crop=2, flip=True, **resampled)
    bright, mark = ((out[:, 0] - value).abs() < 1e-3 for value in (250, 100))
    assert (bright.sum((1, 2)) == 1).all()
    rows, columns = (bright.any(axis).int().argmax(1) for axis in (2, 1))
    mirrored = mark.any(1).int().argmax(1) < columns
    assert equally_frequent(rows - 2, columns - 2, mirrored.long(), sizes=(5, 5, 2)) > 1e-3


def test_pixels_removed_by_the_crop_do_not_come_back():
    """One resampling for crop, flip and affine map gives the same as one after the other."""
    pixels = images(300, 16)
    both = apply(pixels, crop=4, flip=True, degrees=1e-12)
    gathered = apply(pixels, crop=4, flip=True)
    assert torch.allclose(both, gathered, atol=1e-6)
    white, draws = torch.full((500, 1, 16, 16), 255, dtype=torch.uint8), generator()
    together = apply(white, crop=4, translate=0.25)
    for step in ({"crop": 4}, {"translate": 0.25}):
        white = augment(white, Augmentation(**step), MEAN[:1], draws)
    for axis in (2, 3):  # lit columns, and rows
        assert torch.equal((together > 127).any(axis), (white > 127).any(axis))


def test_each_image_draws_its_own_numbers_and_a_seed_repeats_them():
    pixels = images(1).expand(50, -1, -1, -1)
    changes = {"crop": 4, "flip": True, "degrees": 15.0, "translate": 0.1, "cutout": 4}
    out = apply(pixels, **changes)
    assert len(torch.unique(out.flatten(1), dim=0)) == 50
    assert torch.equal(out, apply(pixels, **changes))
    assert not torch.equal(out, apply(pixels, seed=1, **changes))


def test_impossible_augmentations_are_refused():
    with pytest.raises(ValueError, match="crop"):
        Augmentation(crop=-1)
    with pytest.raises(ValueError, match="cutout of 17 pixels in images of 16 x 16"):
        apply(images(2), cutout=17)
