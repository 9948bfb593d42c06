"""Images from files and data sets reach the network as they are meant, or say what is wrong."""

import itertools
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from lib import compare_networks
from lib.compare.images import Files, read_image

NETWORK = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
RNG = np.random.default_rng(0)
GREY = np.arange(400, dtype=np.uint8).reshape(20, 20)


def test_images_are_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn it by 90 degrees"
    upright = Image.fromarray(GREY[:, :12])
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(np.asarray(read_image(tmp_path / "a.png")), np.dstack([GREY[:, :12]] * 3))


def postscript(file):
    Image.fromarray(GREY).save(file, format="EPS")


def sixteen_bits(file):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(file, format="PNG")


def sixteen_bits_a_colour(file):
    """As Pillow, which reads their upper halves, does not write them."""
    head = struct.pack(">2I5B", 20, 20, 16, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(range(120))) * 20)
    content = b"\x89PNG\r\n\x1a\n"
    for chunk in (b"IHDR" + head, b"IDAT" + rows, b"IEND"):
        content += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    file.write_bytes(content)


BROKEN = {
    postscript: "cannot identify image file",
    sixteen_bits: "mode I;16 has more than 8 bits, save it with 8",
    sixteen_bits_a_colour: "mode RGB has more than 8 bits, save it with 8",
}


@pytest.mark.parametrize("write", BROKEN)
def test_a_file_that_cannot_be_read_is_named(tmp_path, write):
    write(tmp_path / "2.png")
    with pytest.raises(OSError, match=rf"2.png cannot be read as an image \({BROKEN[write]}"):
        compare_networks(NETWORK, NETWORK, tmp_path, ["0"], image_size=12)


def test_what_a_folder_gives_is_said_and_links_to_folders_are_followed(tmp_path):
    (tmp_path / "all").mkdir()
    (tmp_path / "some").mkdir()
    for number in range(4):
        Image.fromarray(GREY).save(tmp_path / "all" / f"{number}.png")
    (tmp_path / "all" / ".hidden.png").touch()
    (tmp_path / "all" / "0.gif").touch()
    (tmp_path / "some" / "linked").symlink_to(tmp_path / "all")
    (tmp_path / "all" / "back").symlink_to(tmp_path / "some")
    files = Files(tmp_path / "some", 14)
    assert len(files) == 4
    assert files.prepared == (
        " 4 files, their shorter side resized to 16, cropped to 14 by 14, normalised as for "
        "torchvision's networks. Left out: 1 .gif."
    )


def test_a_source_without_an_end_is_refused(monkeypatch):
    monkeypatch.setattr("lib.compare.images.MOST_UNSIZED", 12)
    with pytest.raises(ValueError, match="the source gave 13 batches, .* may have no end: take"):
        compare_networks(NETWORK, NETWORK, itertools.cycle([torch.zeros(8, 3, 8, 8)]), say=None)


def test_groups_of_a_loader_that_shuffles_are_refused():
    loader = DataLoader(TensorDataset(torch.rand(40, 3, 8, 8)), 8, shuffle=True)
    before = torch.get_rng_state()
    with pytest.raises(ValueError, match="groups: belong to images in their order.*shuffle=False"):
        compare_networks(NETWORK, NETWORK, loader, groups=[0, 1] * 20, say=None)
    compare_networks(NETWORK, NETWORK, loader, ["0"], "cka", say=None)
    assert torch.equal(torch.get_rng_state(), before)


def test_groups_of_a_stream_of_known_length_are_in_its_order():
    class Stream(IterableDataset):
        def __len__(self):
            return 24

        def __iter__(self):
            return iter(torch.rand(24, 3, 8, 8, generator=torch.Generator().manual_seed(0)))

    other = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False))
    asked = {"layers": ["0"], "metrics": "cka", "say": None}
    asked |= {"groups": [*range(12), *range(12)], "permutations": 20}
    of_stream = compare_networks(NETWORK, other, DataLoader(Stream(), 6), **asked)
    of_tensor = compare_networks(NETWORK, other, torch.stack([*Stream()]), **asked)
    assert of_stream.null_sd.item() == pytest.approx(of_tensor.null_sd.item(), rel=1e-6)


def test_images_that_change_from_pass_to_pass_are_refused():
    class Noisy(Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            return torch.from_numpy(RNG.random((3, 8, 8), dtype=np.float32))

    memory = {"memory": 20_000, "say": None}  # which holds one layer at a time
    with pytest.raises(ValueError, match="images: are others, or in another order, than when"):
        compare_networks(NETWORK, NETWORK, Noisy(), ["0", "1"], "cka", **memory)


def test_a_data_set_without_a_transform_is_refused():
    pictures = [(Image.fromarray(GREY), 0)] * 8
    with pytest.raises(TypeError, match="images: got PIL images, .*ToTensor"):
        compare_networks(NETWORK, NETWORK, DataLoader(pictures, 4), say=None)


def test_images_that_were_normalised_by_zero_are_refused():
    images = torch.rand(8, 3, 12, 12)
    images[5, 1] /= 0
    with pytest.raises(ValueError, match="images: have NaN or infinite values"):
        compare_networks(NETWORK, NETWORK, [images[:4], images[4:]], say=None)
