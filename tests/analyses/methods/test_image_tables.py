"""The images of a study, and what an augmentation makes of one."""

import base64
import io
import re
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image

from lib.analyses.methods import image_tables as analysis
from lib.study.paper import PAPER

AUGMENTATION = PAPER["vgg16_bn"].recipe.augmentation


def pictures_in(drawing):
    """The pixels of all pictures of a drawing."""
    for data in re.findall('base64,([^"]*)', drawing._repr_html_()):
        yield np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_pictures_are_the_images_in_their_order():
    images = torch.arange(2 * 3 * 4 * 4, dtype=torch.uint8).reshape(2, 3, 4, 4)
    drawing = analysis.strips({"first": images[:1], "second": images[1:]}, "Two images")
    assert repr(drawing) == "Two images"
    for shown, image in zip(pictures_in(drawing), images, strict=True):
        assert (shown == image[0].numpy()).all()


def test_each_step_alone_has_the_strength_that_all_have_together():
    steps = analysis.steps_of(AUGMENTATION)
    assert [*steps] == [*analysis.AUGMENTATION_STEPS]
    for name, attribute in analysis.AUGMENTATION_STEPS.items():
        for other in analysis.AUGMENTATION_STEPS.values():
            kept = getattr(steps[name], other) == getattr(AUGMENTATION, other)
            assert kept == (other == attribute)
    for row in analysis.steps_table(steps, "vgg16_bn").rows:
        assert row[2]


def test_copies_differ_from_the_image_and_are_the_same_each_time():
    image = torch.randint(0, 256, (1, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    image = image.to(torch.uint8)
    steps = {analysis.TOGETHER: AUGMENTATION, **analysis.steps_of(AUGMENTATION)}
    copies = analysis.random_copies(image, steps, (128, 128, 128), copies=8)
    again = analysis.random_copies(image, steps, (128, 128, 128), copies=8)
    assert next(iter(copies)) == analysis.TOGETHER
    for name, images in copies.items():
        assert images.shape == (8, 3, 32, 32)
        assert (images != image).any(), name
        assert images.equal(again[name])


def test_a_network_is_described_by_its_own_images():
    setting = {"dataset_description": "Digits.", "train_images": 1200, "probe_images": 300}
    study = SimpleNamespace(
        experiments=["vgg_svhn"],
        settings=lambda name: setting | {"probe_split": "test"},
        network=str.upper,
    )
    assert analysis.of_study(study).rows == (("VGG_SVHN", "Digits.", "1,200", "300 (test)"),)
