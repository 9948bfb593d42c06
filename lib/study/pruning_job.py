"""The job that prunes a complete network, trains it again and compares the two, and so on."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
from torch import nn

from ..pruning import SCORES, Mask, Reinitialise, WeightRewind, prune, prune_to_densities
from ..seeds import derive_seed
from ..tables import DENSITY, PERFORMANCE, SIMILARITY
from ..training import Training
from .checkpoints import Checkpoints
from .complete_job import load_complete, load_rewind_point
from .files import save_table
from .measure import Clock, key, one_epoch, performance_row
from .networks import load_mask, save_network
from .progress import Progress, log
from .retraining import plan
from .setting import Setting
from .streaming import comparison_of
from .study import Job, Study

LEVEL_TOLERANCE = 0.01
"""Relative: whole numbers of weights make levels that were meant to be equal differ a little."""


def prune_and_compare(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """All iterations of one run; returns the seconds that earlier processes spent on it.

    Leaves the tables of similarity, performance and density, and the network of each iteration.
    """
    experiment, data = setting.experiment, setting.dataset
    pruning = experiment.pruning
    seeds = job.train_seed, job.prune_seed
    plans = [plan(pruning, experiment.recipe, i + 1) for i in range(pruning.iterations)]
    epochs = [recipe.epochs - start[0] for recipe, start in plans]

    network = load_complete(study, job, setting)
    comparison = comparison_of(network, setting)
    network = _first(study, job, setting)
    checkpoints = Checkpoints(folder, study.identity(job) | setting.identity)
    saved = checkpoints.load() or {}
    if saved:
        log.info("going on after epoch %d", saved["training"]["epochs_done"])
    clock = Clock(saved.get("seconds", 0.0))
    similarity: list[dict] = saved.get("similarity", [])
    performance: list[dict] = saved.get("performance", [])
    density: list[dict] = saved.get("density", [])
    spent, train_loss = saved.get("training_seconds", 0.0), saved.get("train_loss", 0.0)
    mask = Mask.complete(network)
    if saved:
        mask = Mask({name: kept.to(setting.device) for name, kept in saved["mask"].items()})
    first = saved.get("iteration", 1)
    done = sum(epochs[: first - 1])
    if saved:
        done += saved["training"]["epochs_done"] - plans[first - 1][1][0]
    progress = Progress(sum(epochs), done)

    for iteration in range(first, pruning.iterations + 1):
        recipe, start = plans[iteration - 1]
        resumed = bool(saved) and iteration == first
        if not resumed:
            before = mask
            mask = _next_mask(study, job, setting, network, mask, iteration)
            _check_nested(mask, before, iteration)
            _reset(study, job, setting, network, iteration)
            mask.apply_(network)
            spent = 0.0
        training = Training(
            network,
            data,
            recipe,
            derive_seed("run", *seeds, iteration),
            mask.keeper(network),
            start=start,
            autocast=setting.autocast,
            captured=getattr(network, "capturable", True),
        )
        if resumed:
            training.load_state_dict(saved["training"])
        while not training.finished:
            began = time.monotonic()
            label = f"iteration {iteration}/{pruning.iterations}, {mask.remaining:.1%} remaining"
            train_loss = one_epoch(training, setting, progress, label)
            spent += time.monotonic() - began
            if not checkpoints.due:
                continue
            content = {
                "iteration": iteration,
                "training": training.state_dict(),
                "mask": mask.state_dict(),
                "train_loss": train_loss,
                "training_seconds": spent,
                "similarity": similarity,
                "performance": performance,
                "density": density,
                "seconds": clock(),
            }
            checkpoints.save(content)
        save_network(folder, iteration, network, mask)
        trained = epochs[iteration - 1]
        performance.append(
            performance_row(job, setting, network, mask, iteration, train_loss, spent, trained)
        )
        where = key(job, iteration)
        density.extend(
            {**where, "parameter": name, "weights": kept.numel(), "survivors": int(kept.sum())}
            for name, kept in mask.kept.items()
        )
        where["remaining"] = mask.remaining
        seed = derive_seed("null", *seeds, iteration)
        shuffles = experiment.permutations_at(iteration)
        similarity.extend(where | row for row in comparison.rows(network, seed, shuffles))

    save_table(folder / "similarity.parquet", SIMILARITY.tidy(similarity))
    save_table(folder / "performance.parquet", PERFORMANCE.tidy(performance))
    save_table(folder / "density.parquet", DENSITY.tidy(density))
    return clock.earlier


def _first(study: Study, job: Job, setting: Setting) -> nn.Module:
    """The network that is pruned first."""
    if setting.experiment.pruning.start == "initial":
        return setting.new_network(job.train_seed)
    return load_complete(study, job, setting)


def _next_mask(
    study: Study, job: Job, setting: Setting, network: nn.Module, mask: Mask, iteration: int
) -> Mask:
    """Prune once. What is pruned "initial" has the initial weights again, at every level."""
    experiment = setting.experiment
    if experiment.masks_of:
        mask = _mask_of_other(study, job, setting, iteration)
        mask.apply_(network)
        return _told(mask, iteration)
    if experiment.pruning.start == "initial":
        network.load_state_dict(setting.new_network(job.train_seed).state_dict())
    evidence = None
    if experiment.pruning.score != "magnitude":
        evidence = setting.evidence(job.train_seed, job.prune_seed, iteration)
    if experiment.densities_of:
        other = Job(experiment.densities_of, job.train_seed, job.prune_seed)
        table = pd.read_parquet(study.job_folder(other) / "density.parquet")
        table = table[table.iteration == iteration]
        densities = dict(zip(table.parameter, table.survivors / table.weights, strict=True))
        scores = SCORES[experiment.pruning.score](network, evidence)
        mask = prune_to_densities(network, mask, scores, densities)
    else:
        mask = prune(network, mask, experiment.pruning, iteration, evidence)
    return _told(mask, iteration)


def _mask_of_other(study: Study, job: Job, setting: Setting, iteration: int) -> Mask:
    """The mask that another experiment's run of the same seeds had at this iteration's level.

    Raises:
        ValueError: that run never had so many weights left.
    """
    experiment = setting.experiment
    other = Job(experiment.masks_of, job.train_seed, job.prune_seed)
    level = experiment.pruning.levels[iteration - 1]
    table = pd.read_parquet(study.job_folder(other) / "performance.parquet")
    miss = (table.remaining / level - 1).abs()
    if miss.min() > LEVEL_TOLERANCE:
        raise ValueError(
            f"{experiment.name} wants the mask with {level:.4%} of the weights left, but {other} "
            f"has {', '.join(f'{left:.4%}' for left in table.remaining)}"
        )
    mask = load_mask(study, other, int(table.iteration[miss.idxmin()]))
    return Mask({name: kept.to(setting.device) for name, kept in mask.kept.items()})


def _told(mask: Mask, iteration: int) -> Mask:
    """The mask, with a warning in the log if nothing of a layer is left."""
    if mask.collapsed:
        log.warning(
            "iteration %d leaves nothing of %s: no signal passes there",
            iteration,
            ", ".join(mask.collapsed),
        )
    return mask


def _check_nested(mask: Mask, before: Mask, iteration: int) -> None:
    if not mask.is_nested_in(before):
        raise AssertionError(f"the mask of iteration {iteration} is not nested in the last one")


def _reset(study: Study, job: Job, setting: Setting, network: nn.Module, iteration: int) -> None:
    """Give the network the weights that its next training starts from."""
    retraining = setting.experiment.pruning.retraining
    if isinstance(retraining, WeightRewind):
        network.load_state_dict(load_rewind_point(study, job, setting))
    elif isinstance(retraining, Reinitialise):
        seeds = "again", job.train_seed, job.prune_seed, iteration
        network.load_state_dict(setting.new_network(*seeds).state_dict())
