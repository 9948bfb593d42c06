"""The embedded data set: real handwritten digits that come with scikit-learn."""

from importlib.metadata import distribution

import numpy as np
import torch
from torch.nn import functional as F

from .dataset import Dataset, Images

TEST_IMAGES = 500
FILE = "sklearn/datasets/data/digits.csv.gz"
"""64 pixels and the class of each digit: what `load_digits` reads."""


def digits() -> Dataset:
    """1,797 digits of 8x8 grey pixels, enlarged to 32x32 and three equal channels.

    The last 500 are the test split; the order is that of the file, which goes roughly writer by
    writer, so that most test digits are from writers that the training split has not seen.
    """
    # read here: to import scikit-learn would take a second, longer than a short job's own work
    rows = np.loadtxt(distribution("scikit-learn").locate_file(FILE), delimiter=",")
    grey = torch.from_numpy(rows[:, :-1]).reshape(-1, 1, 8, 8)  # whole numbers from 0 to 16
    # exact, and so the same on every machine: at this ratio all weights are multiples of 1/64
    enlarged = F.interpolate(grey, (32, 32), mode="bilinear")
    pixels = (enlarged * 255 / 16 + 0.5).byte().repeat(1, 3, 1, 1)
    images = Images(pixels, torch.from_numpy(rows[:, -1]).long())
    return Dataset(
        name="digits",
        train=images.take(slice(-TEST_IMAGES)),
        test=images.take(slice(-TEST_IMAGES, None)),
        classes=tuple("0123456789"),
        mean=(0.3059,) * 3,
        std=(0.3230,) * 3,
        description=(
            "The 1,797 handwritten digits of scikit-learn's load_digits, 8x8 grey pixels enlarged "
            "to 32x32x3; the first 1,297 to train on, the last 500 to test on."
        ),
    )
