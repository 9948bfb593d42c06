"""Training and pruning of toys, and tables of what masks leave."""

from collections.abc import Mapping, Sequence

import pandas as pd
from torch import Tensor, nn

from ...book.report.format import Table, percent
from ...data import Dataset
from ...pruning import Mask, Pruning
from ...study.retraining_recipes import retraining_recipe
from ...training import Recipe, Training, evaluate

SURVIVORS_FROM = {
    "Learning-rate rewinding": "the values they have",
    "Fine-tuning": "the values they have",
    "Weight rewinding": "their initial values",
    "Late resetting": "their values after 2 epochs",
}
"""Way to train again -> where the survivors start from."""


def train_toy(model: nn.Module, digits: Dataset, recipe: Recipe, seed: int, mask: Mask) -> float:
    """Train a network in place, pruned weights staying 0; returns its accuracy on test images."""
    training = Training(model, digits, recipe, seed, after_step=mask.keeper(model))
    while not training.finished:
        training.run_epoch()
    return evaluate(model, digits.test, digits)[0]


def layer_name(parameter: str) -> str:
    """`conv1.weight` -> `conv1`."""
    return parameter.removesuffix(".weight")


def threshold_of(weights: Mapping[str, Tensor], mask: Mask) -> float:
    """The magnitude between the weights that went and those that stay, over all layers.

    Args:
        weights: {name: values before pruning}.
        mask: after pruning.

    Raises:
        ValueError: no single threshold parts them.
    """
    gone = [weights[name][~kept].abs().max().item() for name, kept in mask.kept.items()]
    left = [weights[name][kept].abs().min().item() for name, kept in mask.kept.items()]
    if max(gone) >= min(left):
        raise ValueError(f"weights up to {max(gone)} went, but one of {min(left)} stays")
    return (max(gone) + min(left)) / 2


def density_table(masks: Mapping[str, Mask]) -> Table:
    """The share of the weights left in each layer, and in all; a column for each mask."""
    columns = {name: {**mask.densities, "all": mask.remaining} for name, mask in masks.items()}
    shares = pd.DataFrame(columns)
    rows = [
        (layer_name(name), *(percent(share, 0) for share in row))
        for name, *row in shares.itertuples()
    ]
    return Table(["Layer", *masks], rows, numeric=list(masks))


def progress_table(
    masks: Sequence[Mask], just_pruned: Sequence[float], trained: Sequence[float]
) -> Table:
    """Weights left and accuracy at each iteration.

    Args:
        masks: that of the complete network first.
        just_pruned: accuracies before training again, from the first iteration on.
        trained: accuracies after it, that of the complete network first.
    """
    before = ["-", *(percent(accuracy, 0) for accuracy in just_pruned)]
    rows = [
        (
            str(iteration),
            f"{mask.survivors:,}",
            percent(mask.remaining, 0),
            before[iteration],
            percent(trained[iteration], 0),
        )
        for iteration, mask in enumerate(masks)
    ]
    header = ["Iteration", "Weights left", "Share", "Just pruned", "Trained"]
    return Table(header, rows, numeric=header[1:])


def retraining_table(ways: Mapping[str, Pruning], recipe: Recipe) -> Table:
    """From which values, at which rate, for how long: the first re-training of each way.

    Args:
        ways: {key of `SURVIVORS_FROM`: pruning with this way to train again}.
        recipe: of the complete network.
    """
    rows = []
    for name, pruning in ways.items():
        again, (epoch, _) = retraining_recipe(pruning, recipe, 1)
        rate = f"{again.schedule(epoch):g}"
        length = f"{again.epochs - epoch} epochs"
        same = "yes" if again.schedule == recipe.schedule else "no"
        rows.append((name, SURVIVORS_FROM[name], rate, length, same))
    header = ["Way", "Survivors start from", "First rate", "Length", "Same schedule"]
    return Table(header, rows, cards=True)


def overlap_table(masks: Mapping[str, Mask]) -> Table:
    """The Jaccard index of each pair of masks."""
    rows = []
    for name, mask in masks.items():
        rows.append((name, *(f"{mask.jaccard(second):.2f}" for second in masks.values())))
    return Table(["", *masks], rows, numeric=list(masks))


def survivors_table(masks: Mapping[str, Mask]) -> Table:
    """How many weights each layer has, and how many each mask leaves."""
    complete = next(iter(masks.values())).kept
    columns = {"Weights": {name: kept.numel() for name, kept in complete.items()}}
    for name, mask in masks.items():
        columns[name] = {layer: int(kept.sum()) for layer, kept in mask.kept.items()}
    counts = pd.DataFrame(columns)
    counts.loc["all"] = counts.sum()
    rows = [
        (layer_name(name), *(f"{number:,}" for number in row)) for name, *row in counts.itertuples()
    ]
    return Table(["Layer", *counts], rows, numeric=list(counts))
