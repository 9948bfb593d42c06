"""One job of a study, by its name and seeds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ..validation import check_types

_NAME = re.compile(r"(\w+) t(\d+)(?:-p(\d+)|-o(\d+))?(?: (\w+))?", re.ASCII)


@dataclass(frozen=True)
class Job:
    """One job: a complete network, a run that compares it with others, or an analysis of a run.

    Attributes:
        train_seed: of the complete network.
        prune_seed: of a run that prunes; None for the complete network itself.
        other_seed: of the other network, in a run that prunes nothing: its train_seed
            where it is complete, that of its random weights where it is untrained.
        analysis: the name of an analysis of the networks of the run; empty for the run
            itself.

    Raises:
        TypeError, ValueError: a seed that is no integer from 0 on.
    """

    experiment: str
    train_seed: int
    prune_seed: int | None = None
    other_seed: int | None = None
    analysis: str = ""

    def __post_init__(self):
        check_types(self, train_seed=0, prune_seed=0, other_seed=0)

    @classmethod
    def of(cls, provenance: Mapping[str, Any]) -> "Job":
        """The job of a provenance."""
        return cls(**{name: provenance[name] for name in OF_A_JOB if name in provenance})

    @property
    def run_seed(self) -> int | None:
        """Its prune_seed or other_seed, whichever it has."""
        return self.other_seed if self.prune_seed is None else self.prune_seed

    @property
    def seeds(self) -> tuple[int, ...]:
        """The train_seed, and the run_seed of a run."""
        return tuple(seed for seed in (self.train_seed, self.run_seed) if seed is not None)

    @property
    def run(self) -> "Job":
        """The run that an analysis measures."""
        return replace(self, analysis="")

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

    @classmethod
    def named(cls, name: str) -> "Job":
        """The job of this `name`; a ValueError if no job can have it."""
        found = _NAME.fullmatch(name)
        if not found:
            raise ValueError(
                f"{name!r} names no job: write its experiment, its seeds and its analysis, such as "
                "`vgg_svhn t0`, `vgg_svhn t0-p0` or `vgg_svhn t0-p0 descent`"
            )
        experiment, *seeds, analysis = found.groups()
        return cls(experiment, *(seed and int(seed) for seed in seeds), analysis or "")

    def __str__(self) -> str:
        part = "complete network" if self.prune_seed is None else f"prune seed {self.prune_seed}"
        if self.other_seed is not None:
            part = f"other seed {self.other_seed}"
        parts = (self.experiment, f"train seed {self.train_seed}", part, self.analysis)
        return ", ".join(filter(None, parts))


OF_A_JOB = tuple(field.name for field in fields(Job))
"""The fields that identify a job, also in its provenance."""
