"""What the analyses of a run's networks share: one network after the other, and a table of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from torch import nn

from ..pruning import Mask
from ..tables import Table
from .checkpoints import Checkpoints
from .complete_job import load_complete
from .files import save_table
from .measure import Clock, key
from .networks import load_mask, load_network
from .progress import log
from .setting import Setting
from .study import Job, Study

Ask = Callable[[nn.Module, Mask], Iterable[dict]]


def ask_networks(
    study: Study, job: Job, setting: Setting, folder: Path, table: Table, ask: Ask
) -> float:
    """Ask the complete network and those of some iterations, and leave the table of the analysis.

    Args:
        study, job, setting, folder: of the analysis, which lists the iterations; what a run does
            not have is left out.
        table: of the analysis, by whose name it goes.
        ask: (network, mask) -> rows without the columns that tell networks apart.

    Returns:
        The seconds that earlier processes spent on it.

    Raises:
        FileNotFoundError: the run kept no such network.
    """
    run = Job(job.experiment, job.train_seed, job.prune_seed)
    there = setting.experiment.pruning.iterations
    iterations = [0, *(i for i in study.analysis(job).iterations if i <= there)]
    checkpoints = Checkpoints(folder, study.identity(job) | setting.identity)
    saved = checkpoints.load() or {}
    clock, rows = Clock(saved.get("seconds", 0.0)), saved.get("rows", [])
    for number, iteration in enumerate(iterations):
        if number < saved.get("done", 0):
            continue
        log.info("%s of iteration %d", job.analysis, iteration)
        if iteration:
            network = load_network(study, run, setting, iteration)
            mask = load_mask(study, run, iteration)
        else:
            network = load_complete(study, run, setting)
            mask = Mask.complete(network)
        mask = Mask({name: kept.to(setting.device) for name, kept in mask.kept.items()})
        rows += [{**key(run, iteration), **row} for row in ask(network, mask)]
        checkpoints.save({"rows": rows, "done": number + 1, "seconds": clock()})
    save_table(folder / f"{job.analysis}.parquet", table.tidy(rows))
    return clock.earlier
