"""A results folder, loaded and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ... import ROOT
from ...integrity import PROVENANCE, check_digest, load_study, within
from ...table_schemas import PERFORMANCE, SIMILARITY, TableSchema
from .names import NETWORK_TITLES, title
from .scale import papers_own

PAPER_RESHAPE = {
    "mean_cca": "channels",
    "svcca": "channels",
    "pwcca": "channels",
    "cka": "flat",
    "nbs": "flat",
    "cosine": "flat",
}
"""How the paper turns (n, c, h, w) into a matrix for each metric (sections 3.2 and 3.3)."""

RESULTS = Path("results")
OF_CHAPTERS = "chapters"
"""The folder, among the main study's tables, of those of companion papers, a folder for each."""
FULL_SCALE = "full_scale"
"""The folder there of networks at the paper's scale, and the parameter of pages that read it."""

AGAIN = "`make book` merges the tables of a study again, and finishes one that was interrupted."


class ResultsError(ValueError):
    """A results folder that cannot be read as one; the message says what to do."""


Answer = TypeVar("Answer")


def cached_per_results(compute: Callable[..., Answer]) -> Callable[..., Answer]:
    """Compute each answer of a function of a study once: a page asks for the same many times.

    The answers must not be changed in place. They go with the study.
    """
    known: WeakKeyDictionary[Results, dict] = WeakKeyDictionary()

    @wraps(compute)
    def cached(study: Results, *arguments: Any, **named: Any) -> Answer:
        answers = known.setdefault(study, {})
        asked = arguments, tuple(named.items())
        if asked not in answers:
            answers[asked] = compute(study, *arguments, **named)
        return answers[asked]

    return cached


@dataclass(frozen=True, eq=False)
class Results:
    """The numbers of a study and where they come from.

    Attributes:
        folder: where they were read.
        similarity: one row per experiment, run, iteration, layer, metric and reshape.
        performance: one row per experiment, run and iteration; iteration 0 is the
            complete network.
        provenance: profile, data, hyperparameters and jobs.
        changed: {name: rows} that replace tables of the folder, see `having`.
    """

    folder: Path
    similarity: pd.DataFrame
    performance: pd.DataFrame
    provenance: Mapping[str, Any]
    changed: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, declared: TableSchema) -> pd.DataFrame:
        """The table of an analysis that has no attribute here; no rows if there is none.

        Raises:
            ResultsError: a column is missing, or the file is not what was written.
        """
        if declared.name in self.changed:
            return self.changed[declared.name]
        wanted = files_of(declared, self.provenance["experiments"])
        files = [file for file in wanted if file in self.provenance["files"]]
        if not files:
            return with_run_seed(declared.tidy())
        return _table(self.folder, self.provenance, declared, files)

    def having(self, declared: TableSchema, rows: pd.DataFrame) -> Results:
        """These results with other rows in a table that has no attribute here."""
        return replace(self, changed={**self.changed, declared.name: with_run_seed(rows)})

    @property
    def experiments(self) -> list[str]:
        """Names of the paper's experiments, in the order of the provenance."""
        return papers_own(self.provenance)

    @property
    def variants(self) -> list[str]:
        """Names of all other experiments: controls, and other ways to prune."""
        return [name for name in self.provenance["experiments"] if name not in self.experiments]

    def __contains__(self, experiment: str) -> bool:
        """Whether these results have an experiment."""
        return experiment in self.provenance["experiments"]

    def settings(self, experiment: str) -> Mapping[str, Any]:
        """The provenance of one experiment.

        Raises:
            ResultsError: the experiment is not among these results.
        """
        known = self.provenance["experiments"]
        if experiment not in known:
            raise ResultsError(
                f"{self.folder} has no experiment {experiment!r}, only "
                f"{', '.join(known)}. Run it, or choose another results folder."
            )
        return known[experiment]

    def network(self, experiment: str) -> str:
        """What the paper calls the experiment's network."""
        return title(NETWORK_TITLES, self.settings(experiment)["model"])

    @cached_per_results
    def of(self, experiment: str, table: str | TableSchema) -> pd.DataFrame:
        """The rows of one experiment in a table: the name of an attribute, or what declares it.

        Raises:
            ResultsError: the experiment is not among these results.
        """
        self.settings(experiment)
        rows = getattr(self, table) if isinstance(table, str) else self.table(table)
        return rows[rows.experiment == experiment]


def published_results(chapter: str = "") -> Path:
    """The folder of a chapter's tables, or of the main study's, from the repository's root.

    Args:
        chapter: its name, or `FULL_SCALE`; empty for the main study.
    """
    if chapter == FULL_SCALE:
        return RESULTS / FULL_SCALE
    return RESULTS / OF_CHAPTERS / chapter if chapter else RESULTS


def load_results(folder: str | Path, experiments: Iterable[str] | None = None) -> Results:
    """Read and check a results folder, or a part of it.

    Args:
        folder: holds a folder for each experiment, with its tables and its
            `provenance.json`. A relative path starts at the repository root.
        experiments: only these, as if the study had no others; no other rows are read
            into memory. None for all.

    Raises:
        ResultsError: a file or a column is missing, a file is not what was written, or
            there is no such experiment as was asked for; or experiments do not belong
            together.
    """
    folder = Path(folder)
    if not (ROOT / folder).is_dir():
        raise ResultsError(
            f"There is no results folder {folder}. Make one with `make book`, or set the "
            "parameter `results` to another folder."
        )
    try:
        provenance = load_study(ROOT / folder, AGAIN, experiments)
    except ValueError as error:
        raise ResultsError(str(error)) from error
    similarity, performance = (
        _table(folder, provenance, table, files_of(table, provenance["experiments"]))
        for table in (SIMILARITY, PERFORMANCE)
    )
    return Results(folder, similarity, performance, provenance)


def study_folders(within_folder: Path) -> list[Path]:
    """The folders of all studies that lie in one: each has folders of experiments."""
    return sorted({file.parent.parent for file in within_folder.rglob(f"*/{PROVENANCE}")})


def files_of(table: TableSchema, experiments: Iterable[str]) -> list[str]:
    """Paths of a table's files in the results folder, of one experiment or more."""
    return [f"{experiment}/{table.name}.parquet" for experiment in experiments]


def results_if_any(folder: str | Path) -> Results:
    """As `load_results`, and a study without experiments where there is no folder."""
    if (ROOT / folder).is_dir():
        return load_results(folder)
    nothing = {"experiments": {}, "jobs": [], "files": {}}
    similarity, performance = (with_run_seed(table.tidy()) for table in (SIMILARITY, PERFORMANCE))
    return Results(Path(folder), similarity, performance, nothing)


def _table(
    folder: Path, provenance: Mapping[str, Any], table: TableSchema, files: Iterable[str]
) -> pd.DataFrame:
    """The rows of a table's files, one after the other; errors as for `load_results`."""
    parts = []
    for file in files:
        try:
            path = within(ROOT / folder, file)
            check_digest(path, provenance["files"].get(file), AGAIN)
        except ValueError as error:
            raise ResultsError(str(error)) from error
        parts.append(pq.ParquetFile(path).read(use_threads=False))
    # pandas would be slow with many small files
    merged = pa.concat_tables(parts, promote_options="permissive")
    rows = with_run_seed(merged.to_pandas())
    missing = [column for column in table.columns if column not in rows]
    if missing:
        raise ResultsError(
            f"{table.name} of {folder} has no column {', '.join(missing)}: another version wrote "
            "it. Write it again with `make book`."
        )
    return rows


def with_run_seed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a column `run_seed`, which tells the runs of a complete network apart: the
    `prune_seed`, or else the `other_seed`; as they are if they have it, or are not of runs."""
    if "run_seed" in rows or not {"prune_seed", "other_seed"} <= set(rows):
        return rows
    seeds = rows[["prune_seed", "other_seed"]].astype("Int64")
    return rows.assign(run_seed=seeds.prune_seed.fillna(seeds.other_seed))
