"""The job that compares a complete network with one that does not descend from it."""

from __future__ import annotations

from pathlib import Path

from ..seeds import derive_seed
from ..tables import PERFORMANCE, SIMILARITY
from .complete_job import load_complete
from .files import save_table
from .measure import key, performance_row
from .setting import Setting
from .streaming import comparison_of
from .study import Job, Study


def compare_with_another(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Compare with an untrained network, or with the complete one of another train_seed.

    Leaves the table of similarity, iteration 0; and that of performance: of the untrained network,
    or empty, since the complete ones have rows of their own.
    """
    seeds = job.train_seed, job.prune_seed
    if setting.experiment.against == "untrained":
        other = setting.new_network("untrained", *seeds)
        rows = [performance_row(job, setting, other, None, 0, float("nan"), 0.0, 0)]
    else:
        other, rows = load_complete(study, Job(job.experiment, job.prune_seed), setting), []
    comparison = comparison_of(load_complete(study, job, setting), setting)
    where = key(job, 0) | {"remaining": 1.0}
    rows_of_layers = comparison.rows(
        other, derive_seed("null", *seeds, 0), setting.experiment.permutations_at(0)
    )
    similarity = [where | row for row in rows_of_layers]
    save_table(folder / "similarity.parquet", SIMILARITY.tidy(similarity))
    save_table(folder / "performance.parquet", PERFORMANCE.tidy(rows))
    return 0.0
