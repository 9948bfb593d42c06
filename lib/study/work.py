"""How a job is done: train a complete network; or prune it, train it again, compare, and repeat.

A job may be stopped at any moment. Started again with the same call, it resumes from its last
checkpoint, and ends with the same result as without the interruption.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from torch import nn

from ..atomic_files import locked
from ..pruning import (
    SCORES,
    FineTune,
    Mask,
    Pruning,
    Reinitialise,
    WeightRewind,
    prune,
    prune_to_densities,
    rescale_,
)
from ..seeds import derive_seed
from ..table_schemas import DENSITY, PERFORMANCE, SIMILARITY
from ..training import Recipe, Steps, Training, evaluate
from . import log
from .comparison import Comparison
from .prepared_experiment import PreparedExperiment
from .provenance import committed, environment, peak_memory
from .study import Job
from .task import CHECKPOINT, REWIND, WEIGHTS, Task, load_mask, read_of, save_tensors

LOG_FILE = "log.txt"

LEVEL_TOLERANCE = 0.01
"""Relative difference up to which two levels count as equal: each is rounded to whole weights."""


def run_job(job: Job, data: str | Path = "datasets", device: str = "auto") -> Path:
    """Do one job, or the rest of it; if another process works on it, wait for that process.

    Args:
        job: one of a study's `jobs()`, or the same with seeds of your own.
        data: the data folder.
        device: "auto", or a device by PyTorch's name.

    Returns:
        The job's folder, with its tables, its log and `provenance.json`.

    Raises:
        DamagedError: a job that this one needs is not done, or its files are damaged.
        ValueError, DataUnavailableError: the experiment does not fit the data or the
            machine.
        DivergedError: the loss is no longer a number.
    """
    folder = job.folder
    # a process that waits writes nothing to the log file, which belongs to the other process
    wait = partial(log.warning, "waiting for another process, which works in %s")
    with locked(folder / ".lock", wait), logging_to(folder / LOG_FILE, job):
        if job.is_done:
            log.info("is done already: %s", folder)
        else:
            log.info("%s, in %s", job, folder)
            try:
                _do(job, data, device)
            except Exception as error:  # or the log would just end
                log.error("failed: %s: %s", type(error).__name__, " ".join(str(error).split()))
                raise
        # also after a process that was killed just before this line
        (folder / CHECKPOINT).unlink(missing_ok=True)
    return folder


@contextmanager
def logging_to(path: Path, job: Job) -> Iterator[None]:
    """Append the log to a file, with the time of day, and show it on standard output, where other
    jobs may show theirs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    terminal = logging.StreamHandler(sys.stdout)
    terminal.setFormatter(logging.Formatter(f"{job.name}: %(message)s"))
    for handler in (file, terminal):
        log.addHandler(handler)
    try:
        yield
    finally:
        for handler in (file, terminal):
            log.removeHandler(handler)
            handler.close()


def _do(job: Job, data: str | Path, device: str) -> None:
    needs = job.networks_needed()
    setting = PreparedExperiment.load(job.declared_experiment, data, device)
    surroundings = environment(setting.device)  # now: the code may be edited while the job runs
    if not committed(surroundings) and not job.study.profile.takes_minutes:
        log.warning("the code is not committed: this job's results cannot be published")
    about = {
        **job.facts,
        "fingerprint": job.fingerprint,
        "dataset_description": setting.dataset.description,
        "dataset_sha256": setting.checksum,
        "train_images": len(setting.dataset.train),
        "test_images": len(setting.dataset.test),
        "precision": setting.precision,
        "needs": needs,
        **surroundings,
    }
    task = Task(job, setting, about)
    if job.kind == "complete":
        train_complete(task)
    elif job.analysis:
        analyse(task)
    elif job.other_seed is None:
        prune_and_compare(task)
    else:
        compare_with_another(task)
    task.finish(**peak_memory(setting.device))


def train_complete(task: Task) -> None:
    """Train the complete network; keep its weights, and those to which pruned networks rewind.

    Raises:
        ValueError: the training does not reach that point; it is not started then.
    """
    experiment = task.setting.experiment
    epochs = experiment.recipe.epochs
    steps = experiment.recipe.steps_in_epoch(len(task.setting.dataset.train))
    rewind_epoch, rewind_step = experiment.rewind_point
    if rewind_epoch >= epochs or rewind_step >= steps:
        raise ValueError(
            f"{experiment.name} goes back to epoch {rewind_epoch}, step {rewind_step}, but its "
            f"training has {epochs} epochs of {steps} steps: lower pruning.retraining.epoch "
            "or .step"
        )
    network = task.setting.new_network(task.job.train_seed)

    def keep(epoch: int, step: int) -> None:
        if (epoch, step) == experiment.rewind_point != (0, 0):
            save_tensors(task.folder / REWIND, network.state_dict())

    task.expect(epochs)
    task.add(PERFORMANCE, [train(task, network, experiment.recipe, before_step=keep)])
    save_tensors(task.folder / WEIGHTS, network.state_dict())
    task.keep_tables(PERFORMANCE)


def prune_and_compare(task: Task) -> None:
    """Iterative pruning: the network of each iteration, and three tables of all of them."""
    experiment = task.setting.experiment
    pruning, recipe = experiment.pruning, experiment.recipe
    comparison = Comparison(task.complete(), task.setting)
    retrainings = [retraining_recipe(pruning, recipe, i + 1) for i in range(pruning.iterations)]
    task.expect(sum(trained.epochs - epoch for trained, (epoch, _) in retrainings))

    first = task.saved.get("iteration", 1)
    if task.saved:
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
        task.keep_network(iteration, network, mask)
        task.add(PERFORMANCE, [trained])
        task.add(DENSITY, _densities(task.key(iteration), mask))
        task.add(SIMILARITY, similarities(task, comparison, network, iteration, mask.remaining))
        log.info("iteration %d/%d compared", iteration, pruning.iterations)
        # so that these rows can be read while the next network is trained
        task.save(iteration=iteration + 1)
    task.keep_tables(SIMILARITY, PERFORMANCE, DENSITY)


def compare_with_another(task: Task) -> None:
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
    task.keep_tables(SIMILARITY, PERFORMANCE)


def analyse(task: Task) -> None:
    """Do an analysis part by part, from the first that no earlier process has done."""
    analysis, done = task.job.declared_analysis, task.saved.get("done", [])
    for name, rows in analysis.parts(task):
        if name not in done:
            log.info("%s, %s", analysis.name, name)
            task.add(analysis.table, rows)
            done.append(name)
            task.save(done=done)
    task.keep_tables(analysis.table)


def train(
    task: Task,
    network: nn.Module,
    recipe: Recipe,
    start: tuple[int, int] = (0, 0),
    iteration: int = 0,
    mask: Mask | None = None,
    before_step: Callable[[int, int], None] | None = None,
) -> dict:
    """Train a network in place, from the last checkpoint on; returns its row of performance.

    Args:
        start: epoch and step of the recipe at which to begin.
        iteration: of the run; 0 for a complete network, which has no mask.
        mask: which weights remain, all others being held at zero.
        before_step: as in `lib.training.Training`.
    """
    setting, seeds = task.setting, task.job.seeds
    name, seed, keep_mask = "complete", derive_seed("complete", *seeds), None
    if mask is not None:
        last, left = setting.experiment.pruning.iterations, mask.remaining
        name = f"iteration {iteration}/{last}, {left:.1%} remaining"
        seed, keep_mask = derive_seed("run", *seeds, iteration), mask.keeper(network)
    training = Training(
        network,
        setting.dataset,
        recipe,
        seed,
        keep_mask,
        before_step,
        start=start,
        autocast=setting.autocast,
    )
    loss = 0.0
    if task.saved.get("iteration") == iteration and "training" in task.saved:
        training.load_state_dict(task.saved["training"])
        loss = task.saved["loss"]
        log.info("going on after epoch %d", training.epochs_done)
    while not training.finished:
        epoch = training.run_epoch()
        loss = epoch.loss
        task.step(
            f"{name}, epoch {epoch.number}/{recipe.epochs}, learning rate from "
            f"{epoch.learning_rate:.3g}, loss {loss:.4f}"
        )
        if task.checkpoint_due:
            task.save(iteration=iteration, training=training.state_dict(), loss=loss)
    row = performance(task, network, mask, iteration)
    log.info("%s, test accuracy %.2f %%", name, 100 * row["accuracy"])
    return row | {"train_loss": loss, "epochs": recipe.epochs - start[0]}


def retraining_recipe(
    pruning: Pruning, recipe: Recipe, iteration: int
) -> tuple[Recipe, tuple[int, int]]:
    """The recipe of an iteration's re-training, and the (epoch, step) at which it begins.

    Args:
        recipe: that of the complete network.
    """
    retraining = pruning.retraining_of(iteration)
    if pruning.short is not None and iteration < pruning.iterations:
        return recipe.compressed(pruning.short), (0, 0)
    if isinstance(retraining, FineTune):
        constant = Steps(retraining.rate, ())
        return replace(recipe, epochs=retraining.epochs, schedule=constant), (0, 0)
    if isinstance(retraining, WeightRewind):
        return recipe, retraining.point
    return recipe, (0, 0)


def next_mask(task: Task, network: nn.Module, mask: Mask, iteration: int) -> Mask:
    """Prune once more; before training, the initial weights are restored first."""
    setting, experiment = task.setting, task.setting.experiment
    pruning, seeds = experiment.pruning, task.job.seeds
    if pruning.start == "initial":
        network.load_state_dict(setting.new_network(task.job.train_seed).state_dict())
    if experiment.masks_of:
        return load_mask(*_base_run(task.job, iteration)).to(setting.device)
    evidence = None if pruning.score == "magnitude" else setting.evidence(*seeds, iteration)
    if not experiment.densities_of:
        return prune(network, mask, pruning, iteration, evidence)
    base, reached = _base_run(task.job, iteration)
    table = base.table(DENSITY.name)
    table = table[table.iteration == reached]
    densities = dict(zip(table.parameter, table.survivors / table.weights, strict=True))
    return prune_to_densities(network, mask, SCORES[pruning.score](network, evidence), densities)


def _base_run(run: Job, iteration: int) -> tuple[Job, int]:
    """The other experiment's run of the same seeds, and its iteration with as many weights left."""
    experiment = run.declared_experiment
    base = replace(run, experiment=experiment.needs)
    if not experiment.pruning.levels:  # both lose the same share each time
        return base, iteration
    level = experiment.pruning.levels[iteration - 1]
    table = base.table(PERFORMANCE.name)
    miss = (table.remaining / level - 1).abs()
    if miss.min() > LEVEL_TOLERANCE:
        raise ValueError(
            f"{experiment.name} needs the mask with {level:.4%} of the weights left, but {base} "
            f"has {', '.join(f'{left:.4%}' for left in table.remaining)}"
        )
    return base, int(table.iteration[miss.idxmin()])


def rewind(task: Task, network: nn.Module, mask: Mask, iteration: int) -> None:
    """Give a network the weights from which its re-training starts, before the mask is applied."""
    retraining = task.setting.experiment.pruning.retraining_of(iteration)
    if isinstance(retraining, WeightRewind):
        state = task.setting.new_network(task.job.train_seed).state_dict()
        if task.setting.experiment.rewind_point != (0, 0):
            state = read_of(task.job.complete_job(), REWIND)
        network.load_state_dict(state)
    elif isinstance(retraining, Reinitialise):
        again = task.setting.new_network("again", *task.job.seeds, iteration)
        network.load_state_dict(again.state_dict())
        if retraining.rescaled:
            rescale_(network, mask)


def performance(
    task: Task, network: nn.Module, mask: Mask | None = None, iteration: int = 0
) -> dict:
    """A network's row of the performance table, with zero epochs."""
    accuracy, loss = evaluate(network, task.setting.dataset.test, task.setting.dataset)
    mask = Mask.complete(network) if mask is None else mask
    return {
        **task.key(iteration),
        "remaining": mask.remaining,
        "accuracy": accuracy,
        "loss": loss,
        "train_loss": float("nan"),
        "epochs": 0,
        "collapsed": ", ".join(mask.collapsed),
    }


def similarities(
    task: Task, comparison: Comparison, network: nn.Module, iteration: int, remaining: float
) -> Iterator[dict]:
    """The rows of similarity of a network with the complete one; the last have a null."""
    experiment, key = comparison.experiment, task.key(iteration) | {"remaining": remaining}
    last = experiment.against != "pruned" or iteration == experiment.pruning.iterations
    seed = derive_seed("null", *task.job.seeds, iteration)
    for row in comparison.rows(network, seed, experiment.permutations if last else 0):
        yield key | row


def _densities(key: dict, mask: Mask) -> Iterator[dict]:
    for name, kept in mask.kept.items():
        counts = {"weights": kept.numel(), "survivors": int(kept.sum())}
        yield {**key, "parameter": name, **counts}
