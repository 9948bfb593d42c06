"""A few made-up pictures in folders, as ImageNet has them."""

import numpy as np
from PIL import Image

CLASSES = ("level", "upright")


def write_pictures(root, train=12, held_out=10, classes=CLASSES, split="val", side=40):
    """Write striped JPEGs of several sizes, so many for each class and split; returns `root`."""
    rng = np.random.default_rng(0)
    for name, each in (("train", train), (split, held_out)):
        for axis, label in enumerate(classes):
            folder = root / name / label
            folder.mkdir(parents=True)
            for number in range(each):
                height, width = (int(s) for s in rng.integers(side, side + 30, 2))
                along = np.arange((height, width)[axis % 2]) // 4 % 2 * 120 + rng.integers(0, 60)
                stripes = along[None, :] if axis % 2 else along[:, None]
                pixels = np.broadcast_to(stripes, (height, width))[..., None]
                noisy = (pixels + rng.integers(0, 60, (height, width, 3))).astype(np.uint8)
                Image.fromarray(noisy).save(folder / f"{number}.jpg", quality=90)
    return root
