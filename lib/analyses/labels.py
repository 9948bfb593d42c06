"""Folders of images as the classes of a network: in which order, and whether that can be so."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

TRUSTED = "trusted"
ONE_FOLDER = "one folder"
OTHER_NUMBER = "another number of classes"
BY_CHANCE = "no better than chance"
"""What may be said of labels, given the answers of networks."""

CLEARLY_BETTER = 0.1
"""Another order of the classes is worth a remark where it is right on so many more images."""


@dataclass(frozen=True)
class Labels:
    """The class of each image.

    Attributes:
        classes: the names of the folders, in the order of the network's outputs.
        true: (n,) their numbers.
    """

    classes: tuple[str, ...]
    true: Tensor

    @property
    def chance(self) -> float:
        """The share of images on which one and the same answer is right at best."""
        return max(Counter(self.true.tolist()).values()) / len(self.true)

    def accuracy(self, answers: Tensor) -> float:
        """The share of the answers (n,) that are right."""
        return float((answers == self.true).double().mean())


def read_labels(
    files: Sequence[Path], root: Path | str, order: str = "", every: Sequence[Path] = ()
) -> Labels:
    """The labels of images that lie in a folder for each class.

    Args:
        files: of the images.
        root: holds the folders.
        order: their names as on a command line, in the order of the network's outputs;
            empty for the alphabetical one.
        every: files of all images, if `files` are some of them.

    Raises:
        ValueError: the order does not name each folder once.
    """
    folders = sorted({str(file.relative_to(root).parent) for file in every or files})
    classes = shlex.split(order) or folders
    if sorted(classes) != folders:
        raise ValueError(
            f"CLASSES: {order!r} must name each folder of {root} once: {shlex.join(folders)}"
        )
    number = {name: place for place, name in enumerate(classes)}
    true = [number[str(file.relative_to(root).parent)] for file in files]
    return Labels(tuple(classes), torch.tensor(true))


def judge_labels(labels: Labels, outputs: int, answers: Sequence[Tensor]) -> str:
    """Whether folders can be taken for the classes of networks.

    Args:
        outputs: how many classes the networks have.
        answers: of each network, (n,).

    Returns:
        `TRUSTED` where there are as many folders as classes, and a network is right
        more often than by chance; otherwise why not.
    """
    if len(labels.classes) < 2:
        return ONE_FOLDER
    if len(labels.classes) != outputs:
        return OTHER_NUMBER
    best = max(map(labels.accuracy, answers))
    return TRUSTED if best > labels.chance else BY_CHANCE


def best_order(labels: Labels, answers: Tensor) -> tuple[str, float]:
    """The order of the classes with which most answers are right.

    Args:
        answers: (n,) of a network with as many classes.

    Returns:
        The order as `read_labels` takes it, and the share of right answers.
    """
    classes = len(labels.classes)
    pairs = torch.zeros(classes, classes, dtype=torch.int64)
    pairs.index_put_((answers, labels.true), torch.tensor(1), accumulate=True)
    given, true = linear_sum_assignment(pairs.numpy(), maximize=True)
    order = [labels.classes[number] for number in true]
    return shlex.join(order), float(pairs[given, true].sum() / len(answers))
