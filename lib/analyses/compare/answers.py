"""The answers of two networks of one's own to the same images."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import torch
from torch import Tensor

from ...book.report.format import Table, percent
from ...compare.images import FileBatches, Files
from ...compare.network_comparison import BATCH_SIZE
from ...models.module_outputs import evaluating, tensors_in
from ..labels import BY_CHANCE, TRUSTED, Labels, judge_labels
from ..terminal import TimedSteps
from .analysis import GivenNetwork, Networks

INCOMPARABLE = "incomparable"
"""Said of the answers of networks that do not have the same number of classes."""


@dataclass(frozen=True)
class Answers:
    """The classes that networks give to the same images.

    Attributes:
        given: {network: (n,) class}; empty for a network whose output has no classes.
        outputs: {network: how many classes it has}.
        labels: those that the folders give.
    """

    given: Mapping[str, Tensor]
    outputs: Mapping[str, int]
    labels: Labels

    @property
    def comparable(self) -> bool:
        return self.outputs["A"] == self.outputs["B"] > 1

    @cached_property
    def verdict(self) -> str:
        """`INCOMPARABLE`, or what `judge_labels` says."""
        if not self.comparable:
            return INCOMPARABLE
        return judge_labels(self.labels, self.outputs["A"], [*self.given.values()])

    @property
    def agreement(self) -> float:
        """The share of the images to which both give the same class."""
        return float((self.given["A"] == self.given["B"]).double().mean())

    def right(self, name: str) -> Tensor:
        """(n,) whether the answers of a network are those of the folders."""
        return self.given[name] == self.labels.true


def answer(network: GivenNetwork, pictures: Files, device: str) -> tuple[Tensor, int]:
    """The class that a network gives to each image, and how many classes it has.

    Returns:
        Nothing and 0 if its output is no score for each class.
    """
    module = network.module.to(device)
    answers = []
    with evaluating(module):
        for batch in FileBatches(pictures, BATCH_SIZE):
            scores = next(tensors_in(module(batch.to(device, network.dtype))))
            if scores.ndim != 2:
                return torch.empty(0), 0
            answers.append(scores.argmax(1).cpu())
    return torch.cat(answers), scores.shape[1]


def read_answers(
    networks: Networks, pictures: Files, labels: Labels, device: str, steps: TimedSteps
) -> Answers:
    """The answers of both networks beside the labels of the folders."""
    given, outputs = {}, {}
    for name, network in networks.items():
        compute = partial(answer, network, pictures, device)
        given[name], outputs[name] = steps(f"answers of {name}", compute)
    return Answers(given, outputs, labels)


def answers_table(answers: Answers) -> Table:
    """How often both give the same class, and how often each is right, and one same answer."""
    agreement = answers.agreement if answers.comparable else np.nan
    rows = [["The same class from both", percent(agreement, 1)]]
    counted = answers.verdict in (TRUSTED, BY_CHANCE)
    for name, given in answers.given.items():
        accuracy = answers.labels.accuracy(given) if counted else np.nan
        rows.append([f"{name} is right, if the folders are the classes", percent(accuracy, 1)])
    chance = answers.labels.chance if counted else np.nan
    rows.append(["One and the same answer would be right", percent(chance, 1)])
    return Table(["Answers", "Of the images"], rows, numeric=["Of the images"])
