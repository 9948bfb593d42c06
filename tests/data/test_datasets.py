"""Named data sets: the right images, or an error that says what to do."""

import sys
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from lib.data import DataUnavailableError, load_dataset, normalise

from ..damage import flipped


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (20, 32, 32, 3), dtype=np.uint8),
        "y_train": np.arange(20) % 10,
        "x_test": rng.integers(0, 256, (10, 32, 32, 3), dtype=np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }


def test_the_embedded_digits_are_the_same_everywhere_and_have_the_mean_and_std_they_declare():
    data = load_dataset("digits", "")
    assert (len(data.train), len(data.test)) == (1297, 500)
    assert data.train.pixels.shape[1:] == (3, 32, 32)
    assert data.sha256() == "d428d5bdaf28a95ef4473f5bd58af6af04100e903f1d924a4b6577c47b2e3cea"
    x = normalise(data.train.pixels, data.mean, data.std, torch.float64)
    assert x.mean().item() == pytest.approx(0, abs=1e-3)
    assert x.std().item() == pytest.approx(1, abs=1e-3)


def test_normalise_by_hand():
    pixels = torch.tensor([0, 255], dtype=torch.uint8).view(1, 2, 1, 1)
    x = normalise(pixels, (0.5, 0.25), (0.5, 0.75), torch.float64)
    assert x.flatten().tolist() == pytest.approx([-1.0, 1.0])


@pytest.mark.parametrize("name", ["cifar10", "svhn"])
def test_an_npz_in_the_data_folder_is_read(name, tmp_path, arrays):
    np.savez(tmp_path / f"{name}.npz", **arrays, description=np.array("chosen by lot"))
    data = load_dataset(name, tmp_path)
    assert torch.equal(data.train.pixels[3, :, 5, 6], torch.from_numpy(arrays["x_train"][3, 5, 6]))
    assert data.train.labels.dtype == torch.int64
    assert data.test.labels.tolist() == list(range(10))
    assert len(data.classes) == 10
    assert data.description.endswith("20 images to train on and 10 to test on: chosen by lot.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("y_test"), "no array y_test"),
        (lambda a: a.update(x_train=a["x_train"].astype(float)), "train: pixels must be uint8"),
        (lambda a: a.update(x_test=a["x_test"][..., 0]), r"must be \(n, 32, 32, 3\), got \(10, 32"),
        (lambda a: a.update(y_train=a["y_train"][:-1]), "20 images and 19 labels"),
        (lambda a: a.update(y_train=a["y_train"] - 1), "labels must be from 0 to 9, got -1 to 8"),
        (lambda a: a.update(x_test=a["x_test"][:0], y_test=a["y_test"][:0]), "0 images"),
        (  # code from it would have to be executed
            lambda a: a.update(y_test=np.array([object()] * 10)),
            r"cifar10\.npz is damaged, or holds more than plain",
        ),
    ],
)
def test_an_npz_with_wrong_content_is_refused(tmp_path, arrays, change, message):
    change(arrays)
    np.savez(tmp_path / "cifar10.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        load_dataset("cifar10", tmp_path)


def test_a_damaged_npz_is_named(tmp_path, arrays):
    path = tmp_path / "cifar10.npz"
    np.savez_compressed(path, **arrays)
    whole = path.read_bytes()
    for content in (b"", whole[:-1], flipped(whole, len(whole) // 2 * 8)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"cifar10\.npz is damaged"):
            load_dataset("cifar10", tmp_path)


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path):
    (tmp_path / "cifar10.npz").mkdir()
    with pytest.raises(IsADirectoryError, match="cifar10"):
        load_dataset("cifar10", tmp_path)


@pytest.fixture
def torchvision(monkeypatch):
    """Its data sets, in place of a package that takes seconds to import."""
    monkeypatch.setitem(sys.modules, "torchvision", package := Mock())
    return package.datasets


def test_offline_without_files_says_what_to_put_where(tmp_path, torchvision):
    torchvision.SVHN.side_effect = OSError("no route to host")
    with pytest.raises(DataUnavailableError) as error:
        load_dataset("svhn", tmp_path)
    for part in (str(tmp_path), "no route to host", "svhn.npz with the arrays x_train"):
        assert part in str(error.value)


def test_a_folder_that_may_be_mistyped_is_not_made(tmp_path, torchvision):
    with pytest.raises(
        DataUnavailableError, match="no folder .*dtasets, and mnist28 .*make it fir"
    ):
        load_dataset("mnist28", tmp_path / "dtasets")
    assert not torchvision.MNIST.called
    assert not list(tmp_path.iterdir())


def test_torchvision_files_and_npz_give_the_same_images_and_checksum(tmp_path, torchvision, arrays):
    torchvision.CIFAR10.side_effect = [
        Mock(data=arrays[f"x_{split}"], targets=arrays[f"y_{split}"].tolist())
        for split in ("train", "test")
    ]
    official = load_dataset("cifar10", tmp_path)
    assert [call.kwargs["train"] for call in torchvision.CIFAR10.call_args_list] == [True, False]
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "cifar10.npz", **arrays)
        assert load_dataset("cifar10", tmp_path).sha256() == official.sha256()
    arrays["x_test"][0, 0, 0, 0] ^= 1
    np.savez(tmp_path / "cifar10.npz", **arrays)
    assert load_dataset("cifar10", tmp_path).sha256() != official.sha256()


def test_chosen_classes_are_numbered_from_zero(tmp_path):
    data = load_dataset("digits", tmp_path)
    few = data.of_classes((7, 2))
    assert few.classes == ("7", "2")
    assert len(few.train) == int(torch.isin(data.train.labels, torch.tensor([2, 7])).sum())
    sevens = data.test.pixels[data.test.labels == 7]
    assert torch.equal(few.test.pixels[few.test.labels == 0], sevens)
    assert few.description.endswith("the last 500 to test on; only 7, 2.")
    assert data.of_classes(tuple(range(10))).sha256() == data.sha256()


def test_an_unknown_name_or_class_is_refused():
    with pytest.raises(ValueError, match="Did you mean 'cifar10'"):
        load_dataset("cifar-10", "")
    with pytest.raises(ValueError, match=r"digits has the classes 0 to 9, but not \[10\]"):
        load_dataset("digits", "").of_classes((0, 10))
