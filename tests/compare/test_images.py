"""Images from files and data sets reach the network as they are meant, or say what is wrong."""

import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.utils.data import Dataset, IterableDataset

from lib import compare_networks
from lib.compare.images import read_image

NETWORK = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
GREY = np.arange(400, dtype=np.uint8).reshape(20, 20)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm"])
def test_sixteen_bits_are_scaled_to_eight(tmp_path, name):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(tmp_path / name)
    assert np.array_equal(np.asarray(read_image(tmp_path / name)), np.dstack([GREY] * 3))


TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
TURNS |= {6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
"""EXIF's number of an orientation -> how an upright image becomes the stored one."""


@pytest.mark.parametrize("orientation", TURNS)
def test_images_are_turned_upright(tmp_path, orientation):
    upright = Image.fromarray(GREY[:, :12])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright.transpose(Image.Transpose[TURNS[orientation]])
    stored.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(np.asarray(read_image(tmp_path / "a.png"))[..., 0], GREY[:, :12])


def words(file):
    file.write_text("words")


def truncated(file):
    Image.fromarray(GREY).save(file, format="PNG")
    file.write_bytes(file.read_bytes()[:-30])


def postscript(file):
    Image.fromarray(GREY).save(file, format="EPS")


def bomb(file):
    Image.new("1", (20_000, 20_000)).save(file, format="PNG")


def floats(file):
    Image.fromarray(GREY.astype(np.float32)).save(file, format="TIFF")


BROKEN = words, truncated, postscript, bomb, floats


@pytest.mark.parametrize("write", BROKEN)
def test_a_file_that_cannot_be_read_is_named(tmp_path, write):
    write(tmp_path / "2.png")
    with pytest.raises(OSError, match=re.escape("2.png cannot be read as an image")):
        compare_networks(NETWORK, NETWORK, tmp_path, ["0"], image_size=12)


class Pictures(Dataset):
    """Images without a transform, as torchvision's data sets give them."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return Image.fromarray(np.full((8, 8, 3), index, np.uint8)), index


class StreamOfPictures(IterableDataset):
    def __iter__(self):
        return (Pictures()[index] for index in range(8))


@pytest.mark.parametrize("images", [Pictures(), StreamOfPictures()], ids=["one by one", "stream"])
def test_a_data_set_without_a_transform_is_refused(images):
    with pytest.raises(TypeError, match="images: got PIL images, .*ToTensor"):
        compare_networks(NETWORK, NETWORK, images, say=None)


def test_equal_images_are_refused_however_they_are_divided():
    images = torch.full((12, 3, 8, 8), 0.5)
    for given in (images, list(images.split(1))):
        with pytest.raises(ValueError, match="images: all 12 are equal, want different ones"):
            compare_networks(NETWORK, NETWORK, given, say=None)
    images[-1] = 0
    table = compare_networks(NETWORK, NETWORK, images, metrics="cka", batch_size=11, say=None)
    assert "from 0.5 to 0.5; of the first 11, 1 differ." in table.attrs["layers"]
    assert table.value.notna().all()
