"""Images in files: the right ones, in the same order everywhere, with the usual interface."""

import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from torchvision import datasets, transforms

from lib.data import DataUnavailableError, load_dataset, load_folder

from ..pictures import CLASSES, write_pictures

SIZE = 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("pictures"))


def together(images, *arguments):
    pixels, labels = zip(*images.batches(*arguments), strict=True)
    return torch.cat(pixels), torch.cat(labels)


def test_images_are_those_that_torchvision_reads(folder):
    data = load_folder(folder, SIZE)
    look = [transforms.Resize(37), transforms.CenterCrop(SIZE), transforms.PILToTensor()]
    for split, name in ((data.train, "train"), (data.test, "val")):
        theirs = datasets.ImageFolder(folder / name, transforms.Compose(look))
        pixels, labels = together(split, 7)
        names = [Path(path).relative_to(folder / name).as_posix() for path, _ in theirs.samples]
        order = torch.tensor([names.index(file) for file in split.files])
        assert sorted(order.tolist()) == list(range(len(theirs)))
        assert {theirs.targets[i] for i in order[:8]} == {0, 1}  # the first ones are of all classes
        assert torch.equal(pixels, torch.stack([theirs[i][0] for i in order]))
        assert labels.tolist() == [theirs.targets[i] for i in order]
    assert data.classes == CLASSES
    assert (len(data.train), len(data.test)) == (24, 20)
    assert "24 to train on and 20 to test on, cut to 32x32" in data.description


def test_batches_have_the_same_form_as_those_from_memory(folder):
    streamed = load_folder(folder, SIZE).test
    kept = load_dataset("digits", "").test.take(slice(len(streamed)))
    order = torch.randperm(len(streamed), generator=torch.Generator().manual_seed(0))
    for images in (streamed, kept):
        whole = together(images, 6)
        assert torch.equal(together(images, 6, order)[0], whole[0][order])
        assert torch.equal(together(images, 6, order)[1], whole[1][order])
        sizes = [(x.dtype, len(x), y.dtype, len(y)) for x, y in images.batches(6)]
        assert sizes == [(torch.uint8, n, torch.int64, n) for n in (6, 6, 6, 2)]


def test_random_parts_of_images_depend_on_the_seeds_alone(folder):
    images = load_folder(folder, SIZE).train
    order = torch.arange(len(images)).flip(0)
    state = torch.get_rng_state()
    first, _ = together(images, 5, None, (0, 3))
    turned, _ = together(images, 24, order, (0, 3))
    assert torch.equal(first, turned.flip(0))
    workers = load_folder(folder, SIZE, workers=2).train
    assert torch.equal(first, together(workers, 5, None, (0, 3))[0])
    assert torch.equal(state, torch.get_rng_state())
    for other in ((0, 4), (1, 3), ()):
        assert not torch.equal(first, together(images, 5, None, other)[0])


def test_the_checksum_depends_on_names_sizes_and_classes(folder, tmp_path):
    first = load_folder(folder, SIZE).sha256()
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert load_folder(copy, SIZE).sha256() == first
    assert load_folder(copy, SIZE + 1).sha256() != first
    picture = copy / "val" / CLASSES[0] / "0.jpg"
    content = picture.read_bytes()
    picture.write_bytes(content + b"\0")
    assert load_folder(copy, SIZE).sha256() != first
    picture.write_bytes(content)
    assert load_folder(copy, SIZE).sha256() == first
    picture.rename(copy / "val" / CLASSES[1] / "a.jpg")
    assert load_folder(copy, SIZE).sha256() != first


def test_some_images_and_some_classes(folder):
    data = load_folder(folder, SIZE)
    few = data.test.take(slice(3, 6))
    assert torch.equal(together(few, 9)[0], together(data.test, 20)[0][3:6])
    one = data.of_classes((1,))
    assert one.classes == CLASSES[1:]
    assert one.test.labels.tolist() == [0] * 10
    assert all(file.startswith(f"{CLASSES[1]}/") for file in one.test.files)


def test_images_read_at_once_are_those_that_are_streamed(folder):
    images = load_folder(folder, SIZE).test
    whole = images.in_memory()
    (pixels, labels) = next(images.batches(len(images)))
    assert whole.pixels.equal(pixels)
    assert whole.labels.equal(labels)
    assert images.take(slice(0)).in_memory().pixels.shape == (0, 3, SIZE, SIZE)


def test_the_folder_of_the_held_out_images_may_be_called_test(tmp_path):
    data = load_folder(write_pictures(tmp_path, 2, 3, split="test"), SIZE)
    assert len(data.test) == 6


def test_imagenet_is_the_folder_of_that_name(tmp_path):
    write_pictures(tmp_path / "imagenet", 1, 1)
    data = load_dataset("imagenet", tmp_path)
    assert data.name == "imagenet"
    assert next(data.test.batches(2))[0].shape == (2, 3, 224, 224)
    with pytest.raises(DataUnavailableError, match=r"imagenet is not in .*must hold the folders"):
        load_dataset("imagenet", tmp_path / "elsewhere")


def test_folders_of_another_form_are_refused(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="must hold the folders train, and val or test"):
        load_folder(folder / "train")
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        load_folder(folder, 0)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "val" / CLASSES[0]).rename(tmp_path / "val" / "odd")
    with pytest.raises(ValueError, match=r"train and val differ in the classes \['level', 'odd'\]"):
        load_folder(tmp_path)


def test_the_error_names_a_damaged_image(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "val" / CLASSES[1] / "3.jpg").write_bytes(b"not a picture")
    with pytest.raises(OSError, match=r"3\.jpg cannot be read as an image .*: replace or remove"):
        together(load_folder(tmp_path, SIZE).test, 20)


def test_a_grey_image_gets_three_channels(tmp_path):
    write_pictures(tmp_path, 1, 1)
    Image.new("L", (50, 60), 77).save(tmp_path / "val" / CLASSES[0] / "0.jpg")
    pixels, labels = together(load_folder(tmp_path, SIZE).test, 2)
    assert (pixels[labels == 0] == 77).all()
