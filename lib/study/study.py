"""A study: its jobs, their folders, and which of them are done."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import Any

import pandas as pd

from .. import ROOT
from ..did_you_mean import check, lookup
from ..integrity import PROVENANCE, check_digest, load_json
from .analysis import Analysis
from .catalogue import Profile
from .experiment import Experiment
from .fingerprint import (
    analysis_fingerprint,
    code_digest,
    complete_fingerprint,
    run_fingerprint,
    short_digest,
)
from .job import Job


class Study:
    """The jobs of a profile, and the folder in which they work.

    The name of a job's folder has a fingerprint of everything that determines its result. So a
    changed hyperparameter means another folder: nothing is overwritten, and changing it back finds
    the old results again.

    Args:
        folder: where the jobs keep their files; `_build/<profile>` in the repository by
            default.
        experiments: names of experiments or variants; None for all of the chapter. An
            experiment on which one of them builds is added.
        chapter: a key of the catalogue's `chapters`. All chapters in a folder share its
            jobs, and each has results of its own. Without a chapter, the study has the named
            experiments and no analyses.

    Attributes:
        declared: names of all experiments of the chapter.

    Raises:
        ValueError: an unknown chapter or experiment.
    """

    def __init__(
        self,
        profile: Profile,
        folder: Path | str | None = None,
        experiments: Iterable[str] | None = None,
        chapter: str = "",
    ):
        self.profile = profile
        self.folder = ROOT / "_build" / self.profile.name if folder is None else Path(folder)
        self.chapter = chapter
        self.experiments: dict[str, Experiment] = {}
        chapters = self.profile.catalogue.chapters
        self.declared = lookup("chapter", chapter, chapters) if chapter else ()
        for name in self.declared if experiments is None else experiments:
            if chapter:
                check(f"experiment of {chapter}", name, self.declared)
            experiment = self.profile.experiment(name)
            if needed := experiment.needs:
                self.experiments.setdefault(needed, self.profile.experiment(needed))
            self.experiments.setdefault(name, experiment)
        self._code_digest = cache(code_digest)

    def experiment(self, name: str) -> Experiment:
        """One of the study's experiments, or any other of its profile."""
        return self.experiments.get(name) or self.profile.experiment(name)

    def jobs(self) -> Iterator[Job]:
        """All jobs, each after those that it needs."""
        ordered: dict[Job, None] = {}

        def add(job: Job) -> None:
            if job not in ordered:
                for needed in self.needs(job):
                    add(needed)
                ordered[job] = None

        for name, experiment in self.experiments.items():
            for seeds in experiment.runs():
                add(Job(name, **seeds))
        for name, experiment in self.experiments.items():
            for analysis in self.profile.analyses(name).values():
                if analysis.chapter == self.chapter:
                    for seeds in analysis.runs(experiment):
                        add(Job(name, **seeds, analysis=analysis.name))
        return iter(ordered)

    def processes(self) -> list[list[Job]]:
        """The jobs that each process does, in their order.

        A run and the analyses of its networks share a process, unless an analysis needs other runs.
        In a study of minutes, all jobs that need only one complete network share a process, and so
        do those that compare its networks with others. Where an architecture has one train seed,
        these two are one process.
        """
        together: dict[Any, list[Job]] = {}
        for job in self.jobs():
            if self.profile.takes_minutes:
                complete, needs = self.complete(job), self.needs(job)
                several = len(self.experiment(complete.experiment).train_seeds) > 1
                alone = all(needed.train_seed == job.train_seed for needed in needs)
                key: Any = (complete, alone) if several else complete.experiment
            else:
                further = any(needed.is_run for needed in self.needs(job) if needed != job.run)
                key = job if job.is_run or further else job.run
            together.setdefault(key, []).append(job)
        return list(together.values())

    def complete(self, job: Job) -> Job:
        """The job that trains a job's complete network; variants that train it alike share it."""
        own = Job(job.experiment, job.train_seed)
        base = replace(own, experiment=self.profile.catalogue.base(job.experiment))
        return base if self.fingerprint(base) == self.fingerprint(own) else own

    def needs(self, job: Job) -> list[Job]:
        """The jobs that must be done before this one."""
        if job.run_seed is None:
            return []
        if job.analysis:
            further = self.analysis(job).others(job.run)
            needed = [job.run, *(o if o.is_run else self.complete(o) for o in further)]
            return [*self.needs(job.run), *needed]
        experiment, needed = self.experiment(job.experiment), [self.complete(job)]
        if experiment.against == "complete":
            needed.append(self.complete(Job(job.experiment, job.other_seed)))
        if experiment.needs:
            needed.append(replace(job, experiment=experiment.needs))
        return needed

    def fingerprint(self, job: Job) -> str:
        """Ten hexadecimal digits for all that decides a job's result, apart from its seeds."""
        experiment, source = self.experiment(job.experiment), None
        if job.analysis:
            analysis = self.analysis(job)
            name, source = analysis_fingerprint(analysis, experiment), getfile(type(analysis))
        else:
            name = (run_fingerprint if job.is_run else complete_fingerprint)(experiment)
        if self.profile.takes_minutes:
            return short_digest(name, self._code_digest(source and Path(source)))
        return name

    def analysis(self, job: Job) -> Analysis:
        """The declared analysis that a job does."""
        declared = self.profile.analyses(job.experiment)
        return lookup(f"analysis of {job.experiment}", job.analysis, declared)

    def job_folder(self, job: Job) -> Path:
        """The folder of a job; its name changes with everything that determines the result."""
        name = f"{job.kind}-{self.fingerprint(job)}"
        return self.folder / "jobs" / job.experiment / name / job.seeds_name

    def marker(self, job: Job) -> Path:
        """The file that a job writes last: if it exists, all files of the job do."""
        return self.job_folder(job) / PROVENANCE

    def page(self, jobs: list[Job]) -> Path:
        """The executed notebook of a process, in the folder of its first job."""
        return self.job_folder(jobs[0]) / "notebook.ipynb"

    def is_done(self, job: Job) -> bool:
        return self.marker(job).exists()

    def do_again(self, *jobs: Job) -> str:
        """The remedy for damaged files: a job whose folder is missing runs again."""
        folders = " ".join(str(self.job_folder(job)) for job in jobs)
        return f"Remove {folders} and start again, to do anew: {'; '.join(map(str, jobs))}"

    def read_provenance(self, job: Job) -> dict:
        """The provenance of a finished job, with the digests of its `files`.

        Raises a DamagedError if the job is not done, or its provenance has changed.
        """
        return load_json(self.marker(job), self.do_again(job))

    def read_table(self, job: Job, name: str) -> pd.DataFrame:
        """A table of a finished job; a DamagedError if it is not the one that the job wrote."""
        path = self.job_folder(job) / f"{name}.parquet"
        check_digest(path, self.read_provenance(job)["files"].get(path.name), self.do_again(job))
        return pd.read_parquet(path)

    def networks_needed(self, job: Job) -> dict[str, str]:
        """{job that this one needs: one digest of all its networks}."""
        digests = {}
        for needed in self.needs(job):
            files = self.read_provenance(needed)["files"]
            networks = sorted(item for item in files.items() if item[0].endswith(".pt"))
            digests[str(needed)] = hashlib.sha256(repr(networks).encode()).hexdigest()
        return digests

    @property
    def results(self) -> Path:
        """The folder of the merged tables, which the section notebooks read."""
        return self.folder / (f"chapters/{self.chapter}/results" if self.chapter else "results")
