"""A study: which jobs there are, where each keeps its files, and which are done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import ROOT
from .experiment import Experiment
from .fingerprint import code_digest, complete_fingerprint, run_fingerprint
from .profiles import Profile, load_profile


@dataclass(frozen=True)
class Job:
    """One job: a complete network, or a run of pruning from it.

    Attributes:
        experiment: its name.
        train_seed: of the complete network.
        prune_seed: of the run; None for the complete network itself.
    """

    experiment: str
    train_seed: int
    prune_seed: int | None = None

    @property
    def complete(self) -> Job:
        """The job that this one starts from; a complete network starts from itself."""
        return Job(self.experiment, self.train_seed)

    @property
    def is_run(self) -> bool:
        return self.prune_seed is not None

    def __str__(self) -> str:
        run = f", prune seed {self.prune_seed}" if self.is_run else ", complete network"
        return f"{self.experiment}, train seed {self.train_seed}{run}"


class Study:
    """A profile at work in a folder.

    A job's folder bears the fingerprint of all that decides its result. So a changed
    hyperparameter means another folder: nothing is overwritten, and changing it back finds the
    old results again.

    Args:
        profile: its name.
        folder: where the jobs keep their files; `_build/<profile>` in the repository by default.

    Raises:
        ValueError: an unknown profile.
    """

    def __init__(self, profile: str, folder: Path | str | None = None):
        self.profile: Profile = load_profile(profile)
        self.folder = ROOT / "_build" / profile if folder is None else Path(folder)

    @cached_property
    def _code(self) -> str:
        return code_digest() if self.profile.follows_code else ""

    def experiment(self, name: str) -> Experiment:
        return self.profile.experiment(name)

    def jobs(self) -> Iterator[Job]:
        """All jobs, each complete network before its runs."""
        for name, experiment in self.profile.experiments.items():
            for train_seed in experiment.train_seeds:
                yield Job(name, train_seed)
                for prune_seed in experiment.prune_seeds:
                    yield Job(name, train_seed, prune_seed)

    def fingerprint(self, job: Job) -> str:
        """Ten hexadecimal digits for all that decides a job's result, its seeds apart."""
        kind = run_fingerprint if job.is_run else complete_fingerprint
        return kind(self.experiment(job.experiment), self._code)

    def job_folder(self, job: Job) -> Path:
        """Where a job keeps its files; the name changes with what decides its result."""
        kind = "run" if job.is_run else "complete"
        seeds = f"t{job.train_seed}" + (f"-p{job.prune_seed}" if job.is_run else "")
        name = f"{kind}-{self.fingerprint(job)}"
        return self.folder / "jobs" / job.experiment / name / seeds

    def marker(self, job: Job) -> Path:
        """The file that a job writes last: where it exists, the job's files are whole."""
        return self.job_folder(job) / "provenance.json"

    def is_done(self, job: Job) -> bool:
        return self.marker(job).exists()

    def read_provenance(self, job: Job) -> dict:
        return json.loads(self.marker(job).read_text(encoding="utf-8"))

    @property
    def results(self) -> Path:
        """The folder of the merged tables, which the section notebooks read."""
        return self.folder / "results"
