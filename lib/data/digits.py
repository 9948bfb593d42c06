"""The embedded data set: real handwritten digits that come with scikit-learn."""

import numpy as np

from .dataset import Dataset, Images
from .tensors import as_images

TEST_IMAGES = 500


def _enlarge(images: np.ndarray) -> np.ndarray:
    """(n, 8, 8) values 0..16 to (n, 32, 32) uint8, bilinear.

    At this ratio every interpolation weight is a multiple of 1/8, so whole-number arithmetic
    gives the exact value and the same bytes on every machine.
    """
    weights = np.zeros((32, 8), dtype=np.int64)
    for i in range(32):
        eighths = min(max(2 * i - 3, 0), 56)  # 8 * ((i + 1/2) / 4 - 1/2), inside the image
        j, part = divmod(eighths, 8)
        weights[i, j] += 8 - part
        if part:
            weights[i, j + 1] += part
    enlarged = weights @ images.astype(np.int64) @ weights.T  # 64 times the value
    return ((enlarged * 255 + 512) // 1024).astype(np.uint8)


def digits() -> Dataset:
    """1,797 digits of 8x8 grey pixels, enlarged to 32x32 and three equal channels.

    The last 500 are the test split; the order is that of the file, which goes roughly writer by
    writer, so that most test digits are from writers that the training split has not seen.
    """
    # imported here, or it would take a second of every process that does not need the digits
    from sklearn.datasets import load_digits

    bunch = load_digits()
    pixels = np.repeat(_enlarge(bunch.images)[..., None], 3, axis=3)
    train: Images = as_images(pixels[:-TEST_IMAGES], bunch.target[:-TEST_IMAGES])
    test: Images = as_images(pixels[-TEST_IMAGES:], bunch.target[-TEST_IMAGES:])
    return Dataset(
        name="digits",
        train=train,
        test=test,
        classes=tuple("0123456789"),
        mean=(0.3059,) * 3,
        std=(0.3230,) * 3,
        description=(
            "The 1,797 handwritten digits of scikit-learn's load_digits, 8x8 grey pixels enlarged "
            "to 32x32x3; the first 1,297 to train on, the last 500 to test on."
        ),
    )
