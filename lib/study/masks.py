"""Which weights go in an iteration of a run."""

from __future__ import annotations

import pandas as pd
from torch import nn

from ..pruning import SCORES, Mask, prune, prune_to_densities
from .networks import load_mask
from .progress import log
from .study import Job
from .task import Task

LEVEL_TOLERANCE = 0.01
"""Relative: whole numbers of weights make levels that were meant to be equal differ a little."""


def next_mask(task: Task, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    """Prune once. What is pruned "initial" has the initial weights again, at every level.

    Raises:
        AssertionError: a weight that was gone is back.
        ValueError: the masks of another experiment are wanted, whose run had none of this level.
    """
    before, mask = mask, _pruned(task, network, mask, iteration)
    if mask.collapsed:
        log.warning(
            "iteration %d leaves nothing of %s: no signal passes there",
            iteration,
            ", ".join(mask.collapsed),
        )
    if not mask.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {iteration} is not nested in the last one")
    return mask


def _pruned(task: Task, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    setting, experiment = task.setting, task.setting.experiment
    pruning, seeds = experiment.pruning, task.seeds
    if experiment.masks_of:
        return _mask_of_other(task, iteration)
    if pruning.start == "initial":
        network.load_state_dict(setting.new_network(task.job.train_seed).state_dict())
    evidence = None if pruning.score == "magnitude" else setting.evidence(*seeds, iteration)
    if not experiment.densities_of:
        return prune(network, mask, pruning, iteration, evidence)
    other = Job(experiment.densities_of, *seeds)
    table = pd.read_parquet(task.study.job_folder(other) / "density.parquet")
    table = table[table.iteration == iteration]
    densities = dict(zip(table.parameter, table.survivors / table.weights, strict=True))
    return prune_to_densities(network, mask, SCORES[pruning.score](network, evidence), densities)


def _mask_of_other(task: Task, iteration: int) -> Mask:
    """The mask that another experiment's run of the same seeds had at this iteration's level."""
    experiment = task.setting.experiment
    other = Job(experiment.masks_of, *task.seeds)
    level = experiment.pruning.levels[iteration - 1]
    table = pd.read_parquet(task.study.job_folder(other) / "performance.parquet")
    miss = (table.remaining / level - 1).abs()
    if miss.min() > LEVEL_TOLERANCE:
        raise ValueError(
            f"{experiment.name} wants the mask with {level:.4%} of the weights left, but {other} "
            f"has {', '.join(f'{left:.4%}' for left in table.remaining)}"
        )
    there = int(table.iteration[miss.idxmin()])
    return load_mask(task.study, other, there).to(task.setting.device)
