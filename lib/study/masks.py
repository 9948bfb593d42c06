"""Which weights an iteration of a run removes, and from where the others start."""

import pandas as pd
from torch import nn

from ..pruning import SCORES, Mask, Reinitialise, WeightRewind, prune, prune_to_densities, rescale_
from .networks import load_mask, load_rewind_point
from .progress import log
from .study import Job
from .task import Task

LEVEL_TOLERANCE = 0.01
"""Relative difference up to which two levels count as equal: each is rounded to whole weights."""


def next_mask(task: Task, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    """Prune once more; where pruning comes before training, the initial weights are restored first.

    Raises:
        AssertionError: a weight that was removed before is back.
        ValueError: the mask is that of another experiment, whose run has none of this level.
    """
    before, mask = mask, _pruned(task, network, mask, iteration)
    if mask.collapsed:
        log.warning(
            "iteration %d leaves nothing of %s: no signal passes there",
            iteration,
            ", ".join(mask.collapsed),
        )
    if not mask.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {iteration} is not nested in the one before")
    return mask


def _pruned(task: Task, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    setting, experiment = task.setting, task.setting.experiment
    pruning, seeds = experiment.pruning, task.seeds
    if experiment.masks_of:
        return load_mask(task.study, *_other(task, iteration)).to(setting.device)
    if pruning.start == "initial":
        network.load_state_dict(setting.new_network(task.job.train_seed).state_dict())
    evidence = None if pruning.score == "magnitude" else setting.evidence(*seeds, iteration)
    if not experiment.densities_of:
        return prune(network, mask, pruning, iteration, evidence)
    other, there = _other(task, iteration)
    table = pd.read_parquet(task.study.kept(other, "density.parquet"))
    table = table[table.iteration == there]
    densities = dict(zip(table.parameter, table.survivors / table.weights, strict=True))
    return prune_to_densities(network, mask, SCORES[pruning.score](network, evidence), densities)


def _other(task: Task, iteration: int) -> tuple[Job, int]:
    """The other experiment's run of the same seeds, and its iteration with as many weights left."""
    experiment = task.setting.experiment
    other = Job(experiment.needs, *task.seeds)
    if not experiment.pruning.levels:  # both lose the same share each time
        return other, iteration
    level = experiment.pruning.levels[iteration - 1]
    table = pd.read_parquet(task.study.kept(other, "performance.parquet"))
    miss = (table.remaining / level - 1).abs()
    if miss.min() > LEVEL_TOLERANCE:
        raise ValueError(
            f"{experiment.name} needs the mask with {level:.4%} of the weights left, but {other} "
            f"has {', '.join(f'{left:.4%}' for left in table.remaining)}"
        )
    return other, int(table.iteration[miss.idxmin()])


def rewind(task: Task, network: nn.Module, mask: Mask, iteration: int) -> None:
    """Give a network the weights from which its re-training starts, before the mask is applied."""
    retraining = task.setting.experiment.pruning.retraining_of(iteration)
    if isinstance(retraining, WeightRewind):
        network.load_state_dict(load_rewind_point(task.study, task.job, task.setting))
    elif isinstance(retraining, Reinitialise):
        network.load_state_dict(
            task.setting.new_network("again", *task.seeds, iteration).state_dict()
        )
        if retraining.rescaled:
            rescale_(network, mask)
