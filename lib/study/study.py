"""A study and its jobs: which there are, what each one needs, and where it leaves its files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from inspect import getfile
from pathlib import Path
from typing import Any

import pandas as pd

from ..did_you_mean import check, lookup
from ..integrity import PROVENANCE, check_digest, load_json
from ..repository import ROOT
from ..validation import check_types
from .analysis import Analysis
from .declarations import Profile
from .experiment import Experiment
from .fingerprint import (
    analysis_fingerprint,
    code_digest,
    complete_fingerprint,
    run_fingerprint,
    short_digest,
)

_NAME = re.compile(r"(\w+) t(\d+)(?:-p(\d+)|-o(\d+))?(?: (\w+))?", re.ASCII)


@dataclass(frozen=True)
class Job:
    """One job: a complete network, a run that compares it with others, or an analysis of a run.

    `Study.job` finds it by its name. Two jobs are equal if their names are, of whatever study. What
    a job takes from its study is kept: change a study's experiments before asking for its jobs.

    Attributes:
        train_seed: of the complete network.
        prune_seed: of a run that prunes; None for the complete network itself.
        other_seed: of the other network, in a run that prunes nothing: its train_seed
            where it is complete, that of its random weights where it is untrained.
        analysis: the name of an analysis of the networks of the run; empty for the run
            itself.
        study: the study that declares its experiment; None for a job of published results, which
            has a name, and neither folder nor needs.

    Raises:
        TypeError, ValueError: a seed that is no integer from 0 on, or both a prune_seed and an
            other_seed; where a study is needed, and there is none.
    """

    experiment: str
    train_seed: int
    prune_seed: int | None = None
    other_seed: int | None = None
    analysis: str = ""
    study: Study | None = field(default=None, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        check_types(self, train_seed=0, prune_seed=0, other_seed=0)
        if self.prune_seed is not None and self.other_seed is not None:
            raise ValueError(f"{self.name}: a run has a prune_seed or an other_seed, not both")

    @classmethod
    def of(cls, provenance: Mapping[str, Any]) -> Job:
        """The job of a published provenance."""
        return cls(**{name: provenance[name] for name in OF_A_JOB if name in provenance})

    @property
    def facts(self) -> dict[str, Any]:
        """The names and seeds that identify it, also in its provenance."""
        return {name: getattr(self, name) for name in OF_A_JOB}

    @property
    def run_seed(self) -> int | None:
        """Its prune_seed or other_seed, whichever it has."""
        return self.other_seed if self.prune_seed is None else self.prune_seed

    @property
    def seeds(self) -> tuple[int, ...]:
        """The train_seed, and the run_seed of a run."""
        return tuple(seed for seed in (self.train_seed, self.run_seed) if seed is not None)

    @property
    def is_run(self) -> bool:
        return self.kind == "run"

    @property
    def kind(self) -> str:
        """ "complete", "run", or the name of its analysis."""
        return self.analysis or ("complete" if self.run_seed is None else "run")

    @property
    def name(self) -> str:
        """Such as `vgg_svhn t0`, `vgg_svhn t0-p0` or `vgg_svhn t0-o1 matching`."""
        return " ".join(filter(None, (self.experiment, self.seeds_name, self.analysis)))

    @property
    def seeds_name(self) -> str:
        """Such as `t0-p0`: the train_seed, and the prune_seed or other_seed of a run."""
        seeds = {"t": self.train_seed, "p": self.prune_seed, "o": self.other_seed}
        return "-".join(f"{x}{seed}" for x, seed in seeds.items() if seed is not None)

    def __str__(self) -> str:
        part = "complete network" if self.prune_seed is None else f"prune seed {self.prune_seed}"
        if self.other_seed is not None:
            part = f"other seed {self.other_seed}"
        parts = (self.experiment, f"train seed {self.train_seed}", part, self.analysis)
        return ", ".join(filter(None, parts))

    @property
    def run(self) -> Job:
        """The run that an analysis measures."""
        return replace(self, analysis="")

    @property
    def declared_by(self) -> Study:
        """Its study; a ValueError if it has none."""
        if self.study is None:
            raise ValueError(f"{self.name} is a job of no study: it has neither folder nor needs")
        return self.study

    def complete_job(self, train_seed: int | None = None) -> Job:
        """The job that trains its complete network, or that of another train_seed.

        Variants that train it alike share it.
        """
        seed = self.train_seed if train_seed is None else train_seed
        own = Job(self.experiment, seed, study=self.declared_by)
        base = replace(own, experiment=self.declared_by.profile.catalogue.base(self.experiment))
        return base if base == own or base.fingerprint == own.fingerprint else own

    @cached_property
    def declared_experiment(self) -> Experiment:
        """Its experiment, as the study declares it."""
        return self.declared_by.experiment(self.experiment)

    @cached_property
    def declared_analysis(self) -> Analysis:
        """Its analysis, as the profile declares it."""
        declared = self.declared_by.profile.analyses(self.experiment)
        return lookup(f"analysis of {self.experiment}", self.analysis, declared)

    @cached_property
    def needs(self) -> tuple[Job, ...]:
        """The jobs that must be done before this one."""
        if self.run_seed is None:
            return ()
        if self.analysis:
            others = self.declared_analysis.others(self.run)
            others = [other if other.is_run else other.complete_job() for other in others]
            return (*self.run.needs, self.run, *others)
        needed = [self.complete_job()]
        if self.declared_experiment.against == "complete":
            needed.append(self.complete_job(self.other_seed))
        if self.declared_experiment.needs:
            needed.append(replace(self, experiment=self.declared_experiment.needs))
        return tuple(needed)

    @cached_property
    def fingerprint(self) -> str:
        """Ten hexadecimal digits for all that decides its result, apart from its seeds."""
        experiment, source = self.declared_experiment, None
        if self.analysis:
            name = analysis_fingerprint(self.declared_analysis, experiment)
            source = Path(getfile(type(self.declared_analysis)))
        else:
            name = (run_fingerprint if self.is_run else complete_fingerprint)(experiment)
        if self.declared_by.profile.takes_minutes:
            return short_digest(name, code_digest(source))
        return name

    @cached_property
    def folder(self) -> Path:
        """Where it leaves its files; the name changes with everything that determines the result.

        So a changed hyperparameter means another folder: nothing is overwritten, and changing it
        back finds the old results again.
        """
        name = f"{self.kind}-{self.fingerprint}"
        return self.declared_by.folder / "jobs" / self.experiment / name / self.seeds_name

    @property
    def page(self) -> Path:
        """The executed notebook of a process, which is in the folder of its first job."""
        return self.folder / "notebook.ipynb"

    @property
    def marker(self) -> Path:
        """The file that it writes last: if it exists, all files of the job do."""
        return self.folder / PROVENANCE

    @property
    def is_done(self) -> bool:
        return self.marker.exists()

    def provenance(self) -> dict[str, Any]:
        """Its provenance, with the digests of its `files`.

        Raises a DamagedError if it is not done, or its provenance has changed.
        """
        return load_json(self.marker, do_again(self))

    def table(self, name: str) -> pd.DataFrame:
        """A table that it left; a DamagedError if it is not the one that it wrote."""
        path = self.folder / f"{name}.parquet"
        check_digest(path, self.provenance()["files"].get(path.name), do_again(self))
        return pd.read_parquet(path)

    def networks_needed(self) -> dict[str, str]:
        """{job that this one needs: one digest of all its networks}."""
        digests = {}
        for needed in self.needs:
            files = needed.provenance()["files"]
            networks = sorted(item for item in files.items() if item[0].endswith(".pt"))
            digests[str(needed)] = hashlib.sha256(repr(networks).encode()).hexdigest()
        return digests


OF_A_JOB = tuple(each.name for each in fields(Job) if each.compare)
"""The fields that identify a job, also in its provenance."""


def do_again(*jobs: Job) -> str:
    """The remedy for damaged files: a job whose folder is missing runs again."""
    folders = " ".join(str(job.folder) for job in jobs)
    return f"Remove {folders} and start again, to do anew: {'; '.join(map(str, jobs))}"


class Study:
    """The jobs of a profile, and the folder in which they work.

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

    def experiment(self, name: str) -> Experiment:
        """One of the study's experiments, or any other of its profile."""
        return self.experiments.get(name) or self.profile.experiment(name)

    def job(self, name: str) -> Job:
        """The job of this `name`, whatever its seeds; a ValueError if no job can have it."""
        found = _NAME.fullmatch(name)
        if not found:
            raise ValueError(
                f"{name!r} names no job: write its experiment, its seeds and its analysis, such as "
                "`vgg_svhn t0`, `vgg_svhn t0-p0` or `vgg_svhn t0-p0 descent`"
            )
        experiment, *seeds, analysis = found.groups()
        numbers = (seed and int(seed) for seed in seeds)
        return Job(experiment, *numbers, analysis or "", study=self)

    def jobs(self) -> Iterator[Job]:
        """All jobs, each after those that it needs."""
        ordered: dict[Job, None] = {}

        def add(job: Job) -> None:
            if job not in ordered:
                for needed in job.needs:
                    add(needed)
                ordered[job] = None

        for name, experiment in self.experiments.items():
            for seeds in experiment.runs():
                add(Job(name, **seeds, study=self))
        for name, experiment in self.experiments.items():
            for analysis in self.profile.analyses(name).values():
                if analysis.chapter == self.chapter:
                    for seeds in analysis.runs(experiment):
                        add(Job(name, **seeds, analysis=analysis.name, study=self))
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
                complete = job.complete_job()
                several = len(complete.declared_experiment.train_seeds) > 1
                alone = all(needed.train_seed == job.train_seed for needed in job.needs)
                key: Any = (complete, alone) if several else complete.experiment
            else:
                further = any(needed.is_run for needed in job.needs if needed != job.run)
                key = job if job.is_run or further else job.run
            together.setdefault(key, []).append(job)
        return list(together.values())

    @property
    def results(self) -> Path:
        """The folder of the merged tables, which the section notebooks read."""
        return self.folder / (f"chapters/{self.chapter}/results" if self.chapter else "results")
