"""From the arrays in files to checked tensors."""

import numpy as np
import torch

from .dataset import Images


def as_images(pixels: np.ndarray, labels: np.ndarray, where: str = "images") -> Images:
    """`Images` on the CPU from arrays as files store them.

    Args:
        pixels: (n, h, w, c) uint8.
        labels: (n,) of any integer type.
        where: what to call the arrays in an error message.

    Raises:
        ValueError: another type or shape, different lengths, or no image at all.
    """
    pixels, labels = np.asarray(pixels), np.asarray(labels)
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] not in (1, 3):
        raise ValueError(
            f"{where}: pixels must be uint8 of shape (n, h, w, 1 or 3), got {pixels.dtype} of "
            f"shape {pixels.shape}"
        )
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{where}: labels must be integers of shape (n,), got {labels.dtype} of shape "
            f"{labels.shape}"
        )
    if len(pixels) != len(labels) or len(pixels) == 0:
        raise ValueError(f"{where}: {len(pixels)} images and {len(labels)} labels")
    if labels.min() < 0:
        raise ValueError(f"{where}: a label is negative ({labels.min()})")
    planes = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
    return Images(planes, torch.from_numpy(labels.astype(np.int64)))
