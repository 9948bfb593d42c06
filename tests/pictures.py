"""Made-up pictures in a folder for each class."""

import numpy as np
from PIL import Image

CLASSES = ("level", "upright")


def write_pictures(root, each, classes=CLASSES, side=40, seed=0):
    """Write `each` striped JPEGs of several sizes for each class; returns `root`."""
    rng = np.random.default_rng(seed)
    for axis, label in enumerate(classes):
        folder = root / label
        folder.mkdir(parents=True)
        for number in range(each):
            height, width = (int(s) for s in rng.integers(side, side + 30, 2))
            along = np.arange((height, width)[axis % 2]) // 4 % 2 * 120 + rng.integers(0, 60)
            stripes = along[None, :] if axis % 2 else along[:, None]
            pixels = np.broadcast_to(stripes, (height, width))[..., None]
            noisy = (pixels + rng.integers(0, 60, (height, width, 3))).astype(np.uint8)
            Image.fromarray(noisy).save(folder / f"{number}.jpg", quality=90)
    return root
