"""Random augmentation of a whole batch on its device."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..validation import check_types


@dataclass(frozen=True)
class Augmentation:
    """Augmentation of training images; every image draws its own random numbers.

    The order is that of the paper's list (section 4.1): crop, flip, affine map, cut-out.

    Attributes:
        crop: shift by a uniform integer of pixels in [-crop, crop] in each direction;
            pixels from outside the image are black.
        flip: mirror left to right with probability 1/2.
        degrees: rotate about the centre by a uniform angle in [-degrees, degrees].
        translate: then shift by a uniform fraction of the image size in [-translate,
            translate] in each direction.
        cutout: set a square with sides of this many pixels, entirely inside the image,
            to the mean colour.
    """

    crop: int = 0
    flip: bool = False
    degrees: float = 0.0
    translate: float = 0.0
    cutout: int = 0

    def __post_init__(self):
        check_types(self, crop=0, degrees=0, translate=0, cutout=0)


def augment(
    pixels: torch.Tensor,
    augmentation: Augmentation,
    mean: tuple[float, ...],
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """Augmented copies of the images, by one bilinear resampling for the whole batch.

    Crop, flip and affine map are composed, so that an image is interpolated at most once.
    Pixels that the crop removed stay black, as if the steps were taken one after the other.

    Args:
        pixels: (n, c, h, w) uint8.
        mean: c numbers in units of pixel value / 255, the colour of the cut-out.
        generator: on the device of `pixels`.

    Returns:
        (n, c, h, w) of `dtype`, values in [0, 255].

    Raises:
        ValueError: the cut-out is larger than the image.
    """
    n, _, h, w = pixels.shape
    if augmentation.cutout > min(h, w):
        raise ValueError(f"cutout of {augmentation.cutout} pixels in images of {h} x {w}")
    draws = {"generator": generator, "device": pixels.device}

    def uniform(*shape: int) -> torch.Tensor:
        # float32 draws are bit-identical between processors; the arithmetic is done in `dtype`
        return torch.rand((n, *shape), dtype=torch.float32, **draws).to(dtype)

    pad, zero = augmentation.crop, torch.zeros(n, dtype=torch.int64, device=pixels.device)
    dy, dx = (torch.randint(-pad, pad + 1, (n,), **draws) if pad else zero for _ in range(2))
    mirrored = uniform() < 0.5 if augmentation.flip else zero.bool()
    if augmentation.degrees or augmentation.translate:
        x = pixels.to(dtype)
        angle = (2 * uniform() - 1) * math.radians(augmentation.degrees)
        move = (2 * uniform(2) - 1) * augmentation.translate * x.new_tensor([w, h])
        x = _resample(x, angle, move, dy, dx, mirrored)
    elif augmentation.crop or augmentation.flip:
        x = _shift(pixels, pad, dy, dx, mirrored).to(dtype)
    else:
        x = pixels.to(dtype)
    if side := augmentation.cutout:
        top, left = (torch.randint(size - side + 1, (n, 1), **draws) for size in (h, w))
        x = _cut_out(x, side, mean, top, left)
    return x


def _cut_out(x, side, mean, top, left):
    """Set a square of each image, with corners (n, 1), to the mean colour."""
    _, c, h, w = x.shape
    rows, columns = (torch.arange(size, device=x.device) for size in (h, w))
    in_rows = (rows >= top) & (rows < top + side)
    in_columns = (columns >= left) & (columns < left + side)
    hole = (in_rows[:, :, None] & in_columns[:, None, :]).unsqueeze(1)
    colour = torch.tensor(mean, dtype=x.dtype, device=x.device).view(1, c, 1, 1) * 255
    return torch.where(hole, colour, x)


def _shift(pixels, pad, dy, dx, mirrored):
    """Crop and flip, by (n,) numbers each: they move whole pixels, which are gathered."""
    n, c, h, w = pixels.shape
    rows = torch.arange(h, device=pixels.device) + dy.view(-1, 1)
    columns = torch.arange(w, device=pixels.device).expand(n, w)
    columns = torch.where(mirrored.view(-1, 1), w - 1 - columns, columns) + dx.view(-1, 1)
    padded = F.pad(pixels, (pad, pad, pad, pad))
    index = ((rows + pad) * (w + 2 * pad)).unsqueeze(2) + (columns + pad).unsqueeze(1)
    index = index.view(n, 1, h * w).expand(n, c, h * w)
    return padded.flatten(2).gather(2, index).view(n, c, h, w)


def _resample(x, angle, move, dy, dx, mirrored):
    """Crop, flip and affine map together, by bilinear interpolation."""
    _, _, h, w = x.shape
    cos, sin = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
    # coordinates in pixels from the image's centre
    v = torch.arange(h, device=x.device, dtype=x.dtype).view(1, h, 1) - (h - 1) / 2
    u = torch.arange(w, device=x.device, dtype=x.dtype).view(1, 1, w) - (w - 1) / 2
    u, v = u - move[:, 0].view(-1, 1, 1), v - move[:, 1].view(-1, 1, 1)
    u, v = cos * u + sin * v, cos * v - sin * u
    # (u, v) is a place in the cropped image: outside of its frame there is only black
    inside = (u.abs() <= w / 2) & (v.abs() <= h / 2)
    u = torch.where(mirrored.view(-1, 1, 1), -u, u) + dx.view(-1, 1, 1)
    v = v + dy.view(-1, 1, 1)
    grid = torch.stack([u * (2 / w), v * (2 / h)], dim=-1)
    sampled = F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return sampled * inside.unsqueeze(1)
