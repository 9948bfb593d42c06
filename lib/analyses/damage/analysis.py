"""Harmless changes and damage to a network of one's own, and what each costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import Tensor

from ...book.report.format import Table, percent
from ...metrics import LayerRepresentations, compare
from ...settings.known_names import RESHAPES
from ..damage_sizes import DAMAGES, STRANGER
from ..damages import damaged
from ..labels import BY_CHANCE, TRUSTED, Labels, judge_labels
from ..measured_networks import EVERY_KIND
from ..terminal import with_time_left
from .subject import Subject

OF_WEIGHTS = ("pruned", "noise")
"""Damage that only a layer with weights can have."""

NO_CLASSES = "no classes"
"""Said of a network whose output is no score for each class."""


@dataclass(frozen=True)
class Baseline:
    """What the network answers before it is damaged.

    Attributes:
        answers: (n,) the class that it gives to each image; None where it has no classes.
        labels: those that the folders give.
        verdict: of `judge_labels`, or `NO_CLASSES`.
    """

    answers: Tensor | None
    labels: Labels
    verdict: str

    @property
    def labelled(self) -> bool:
        """Whether the labels decide what is right, and not the network's own answers."""
        return self.verdict == TRUSTED

    @property
    def truth(self) -> Tensor | None:
        """(n,) the class that counts as right."""
        return self.labels.true if self.labelled else self.answers

    def lost(self, scores: Tensor) -> float:
        """How much of the accuracy is gone, if the scores (n, classes) are these."""
        before = (self.answers == self.truth).double().mean()
        return float(before - (scores.argmax(1) == self.truth).double().mean())


def baseline_of(scores: Tensor | None, labels: Labels) -> Baseline:
    """The answers that the scores (n, classes) give, beside the labels."""
    if scores is None:
        return Baseline(None, labels, NO_CLASSES)
    answers = scores.argmax(1)
    return Baseline(answers, labels, judge_labels(labels, scores.shape[1], [answers]))


def baseline_table(baseline: Baseline) -> Table:
    """How many answers of the last version are right before any damage."""
    accuracy = chance = np.nan
    if baseline.verdict in (TRUSTED, BY_CHANCE):
        accuracy = baseline.labels.accuracy(baseline.answers)
        chance = baseline.labels.chance
    rows = [
        ("The undamaged network is right, if the folders are the classes", percent(accuracy, 1)),
        ("One and the same answer would be right", percent(chance, 1)),
    ]
    return Table(["Answers", "Of the images"], rows, numeric=["Of the images"])


def _rows(
    before: Mapping[str, LayerRepresentations], after: Mapping[str, Tensor], **case: object
) -> Iterator[dict]:
    """Rows of every metric on every matrix that makes sense for it."""
    for layer, output in after.items():
        y = LayerRepresentations(output, name="y")
        for row in compare(before[layer], y, metrics=EVERY_KIND, reshapes=RESHAPES):
            kept = {name: row[name] for name in ("metric", "reshape", "value")}
            yield {"layer": layer, **case, **kept}


def measure_harmless(subject: Subject) -> tuple[pd.DataFrame, dict[str, LayerRepresentations]]:
    """Compare each version but the last with the one before it.

    Returns:
        Rows of `layer`, `change`, counted from 1, `metric`, `reshape`, `value`; and the
        layers of the last version but one.
    """
    rows, before = [], {}
    for number in with_time_left(range(len(subject.versions) - 1)):
        outputs, _ = subject.seen(subject.version(number), subject.layers)
        if before:
            rows += _rows(before, outputs, change=number)
        before = {layer: LayerRepresentations(output) for layer, output in outputs.items()}
    return pd.DataFrame(rows), before


def cases_of(subject: Subject) -> list[tuple[str, str, float]]:
    """(layer, damage, size) of all damage that is done."""
    return [
        (layer, damage, size)
        for layer in subject.layers
        for damage, sizes in DAMAGES.items()
        for size in sizes
        if damage != STRANGER and (damage not in OF_WEIGHTS or layer in subject.weighted)
    ]


def measure_damage(
    subject: Subject, before: Mapping[str, LayerRepresentations], labels: Labels
) -> tuple[pd.DataFrame, pd.DataFrame, Baseline]:
    """Damage the layers of the last version, and compare them with the version before.

    Args:
        before: of `measure_harmless`.
        labels: of the images.

    Returns:
        Rows of `layer`, `damage`, `size`, `metric`, `reshape`, `value`; rows of
        `layer`, `damage`, `size`, `lost`, the accuracy that it costs, none where the
        network has no classes; and the answers before any damage.
    """
    network = subject.version(-1)
    _, scores = subject.seen(network, ())
    baseline = baseline_of(scores, labels)
    rows, costs = [], []
    for layer, damage, size in with_time_left(cases_of(subject)):
        with damaged(network, layer, damage, size):
            outputs, scores = subject.seen(network, [layer])
        case = {"damage": damage, "size": size}
        rows += _rows(before, outputs, **case)
        if baseline.truth is not None:
            costs.append({"layer": layer, **case, "lost": baseline.lost(scores)})
    return pd.DataFrame(rows), pd.DataFrame(costs), baseline
