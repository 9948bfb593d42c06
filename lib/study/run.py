"""What jobs do: train a complete network; prune it, train it again, compare the two, and repeat."""

from collections.abc import Iterator

import pandas as pd
from torch import nn

from ..pruning import SCORES, Mask, Reinitialise, WeightRewind, prune, prune_to_densities, rescale_
from ..seeds import derive_seed
from ..table_schemas import DENSITY, PERFORMANCE, SIMILARITY
from . import log
from .comparison import Comparison
from .experiment import Experiment
from .job import Job
from .running_job import RunningJob
from .storage import REWIND, WEIGHTS, load_mask, read_whole, save_network, save_tensors
from .train import performance, retraining_recipe, train

LEVEL_TOLERANCE = 0.01
"""Relative difference up to which two levels count as equal: each is rounded to whole weights."""


def train_complete(task: RunningJob) -> None:
    """Train the complete network; keep its weights, and those that pruned networks go back to.

    A ValueError where the training does not reach that point; nothing is trained then.
    """
    experiment = task.setting.experiment
    _check_rewind_point(experiment, len(task.setting.dataset.train))
    network = task.setting.new_network(task.job.train_seed)

    def keep(epoch: int, step: int) -> None:
        if (epoch, step) == experiment.rewind_point != (0, 0):
            task.keep(save_tensors(task.folder / REWIND, network.state_dict()))

    task.expect(experiment.recipe.epochs)
    task.add(PERFORMANCE, [train(task, network, experiment.recipe, before_step=keep)])
    task.keep(save_tensors(task.folder / WEIGHTS, network.state_dict()))
    task.write(PERFORMANCE)


def _check_rewind_point(experiment: Experiment, train_images: int) -> None:
    epochs, steps = experiment.recipe.epochs, experiment.recipe.steps_in_epoch(train_images)
    epoch, step = experiment.rewind_point
    if epoch >= epochs or step >= steps:
        raise ValueError(
            f"{experiment.name} goes back to epoch {epoch}, step {step}, but its training has "
            f"{epochs} epochs of {steps} steps: lower pruning.retraining.epoch or .step"
        )


def prune_and_compare(task: RunningJob) -> None:
    """Iterative pruning: the network of each iteration, and three tables of all of them."""
    experiment = task.setting.experiment
    pruning, recipe = experiment.pruning, experiment.recipe
    comparison = Comparison(task.complete(), task.setting)
    retrainings = [retraining_recipe(pruning, recipe, i + 1) for i in range(pruning.iterations)]
    task.expect(sum(trained.epochs - epoch for trained, (epoch, _) in retrainings))

    first = task.saved.get("iteration", 1)
    if task.saved:  # by a process that was stopped
        log.info("going on with iteration %d", first)
    network, mask = task.pruned(first - 1)
    for iteration in range(first, pruning.iterations + 1):
        mask = next_mask(task, network, mask, iteration)
        if mask.collapsed:
            gone = ", ".join(mask.collapsed)
            log.warning("iteration %d leaves nothing of %s: no signal passes", iteration, gone)
        rewind(task, network, mask, iteration)
        mask.apply_(network)
        trained = train(task, network, *retrainings[iteration - 1], iteration, mask)
        task.keep(save_network(task.folder, iteration, network, mask))
        task.add(PERFORMANCE, [trained])
        task.add(DENSITY, _densities(task.key(iteration), mask))
        task.add(SIMILARITY, similarities(task, comparison, network, iteration, mask.remaining))
        log.info("iteration %d/%d compared", iteration, pruning.iterations)
        # so that what is compared can be read while the next network is trained
        task.save(iteration=iteration + 1)
    task.write(SIMILARITY, PERFORMANCE, DENSITY)


def similarities(
    task: RunningJob, comparison: Comparison, network: nn.Module, iteration: int, remaining: float
) -> Iterator[dict]:
    """The rows of similarity of a network, beside the complete one; the last with a null."""
    experiment, key = comparison.experiment, task.key(iteration) | {"remaining": remaining}
    last = experiment.against != "pruned" or iteration == experiment.pruning.iterations
    seed = derive_seed("null", *task.job.seeds, iteration)
    for row in comparison.rows(network, seed, experiment.permutations if last else 0):
        yield key | row


def _densities(key: dict, mask: Mask) -> Iterator[dict]:
    for name, kept in mask.kept.items():
        counts = {"weights": kept.numel(), "survivors": int(kept.sum())}
        yield {**key, "parameter": name, **counts}


def next_mask(task: RunningJob, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    """Prune once more; before training, the initial weights are restored first."""
    setting, experiment = task.setting, task.setting.experiment
    pruning, seeds = experiment.pruning, task.job.seeds
    if pruning.start == "initial":
        network.load_state_dict(setting.new_network(task.job.train_seed).state_dict())
    if experiment.masks_of:
        return load_mask(task.study, *_other(task, iteration)).to(setting.device)
    evidence = None if pruning.score == "magnitude" else setting.evidence(*seeds, iteration)
    if not experiment.densities_of:
        return prune(network, mask, pruning, iteration, evidence)
    base, reached = _other(task, iteration)
    table = pd.read_parquet(task.study.kept(base, "density.parquet"))
    table = table[table.iteration == reached]
    densities = dict(zip(table.parameter, table.survivors / table.weights, strict=True))
    return prune_to_densities(network, mask, SCORES[pruning.score](network, evidence), densities)


def _other(task: RunningJob, iteration: int) -> tuple[Job, int]:
    """The other experiment's run of the same seeds, and its iteration with as many weights left."""
    experiment = task.setting.experiment
    base = Job(experiment.needs, *task.job.seeds)
    if not experiment.pruning.levels:  # both lose the same share each time
        return base, iteration
    level = experiment.pruning.levels[iteration - 1]
    table = pd.read_parquet(task.study.kept(base, "performance.parquet"))
    miss = (table.remaining / level - 1).abs()
    if miss.min() > LEVEL_TOLERANCE:
        raise ValueError(
            f"{experiment.name} needs the mask with {level:.4%} of the weights left, but {base} "
            f"has {', '.join(f'{left:.4%}' for left in table.remaining)}"
        )
    return base, int(table.iteration[miss.idxmin()])


def rewind(task: RunningJob, network: nn.Module, mask: Mask, iteration: int) -> None:
    """Give a network the weights from which its re-training starts, before the mask is applied."""
    retraining = task.setting.experiment.pruning.retraining_of(iteration)
    if isinstance(retraining, WeightRewind):
        state = task.setting.new_network(task.job.train_seed).state_dict()
        if task.setting.experiment.rewind_point != (0, 0):
            state = read_whole(task.study.kept(task.study.complete(task.job), REWIND))
        network.load_state_dict(state)
    elif isinstance(retraining, Reinitialise):
        again = task.setting.new_network("again", *task.job.seeds, iteration)
        network.load_state_dict(again.state_dict())
        if retraining.rescaled:
            rescale_(network, mask)


def compare_with_another(task: RunningJob) -> None:
    """Compare with an untrained network, or with the complete one of another train_seed.

    The latter has its row of performance from the job that trained it.
    """
    if task.setting.experiment.against == "untrained":
        network = task.setting.new_network("untrained", *task.job.seeds)
        task.add(PERFORMANCE, [performance(task, network)])
    else:
        network = task.complete(task.job.other_seed)
    comparison = Comparison(task.complete(), task.setting)
    task.add(SIMILARITY, similarities(task, comparison, network, iteration=0, remaining=1.0))
    task.write(SIMILARITY, PERFORMANCE)


def analyse(task: RunningJob) -> None:
    """Do an analysis part by part, from the first that no earlier process has done."""
    analysis, done = task.study.analysis(task.job), task.saved.get("done", [])
    for name, rows in analysis.parts(task):
        if name not in done:
            log.info("%s, %s", analysis.name, name)
            task.add(analysis.table, rows)
            done.append(name)
            task.save(done=done)
    task.write(analysis.table)
