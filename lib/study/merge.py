"""Put some experiments of a study among those that are published already."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..tables import PERFORMANCE, Table
from .files import save_json
from .profiles import load_profile
from .store import PROVENANCE, merged, write
from .study import Job

_RECIPE = ("epochs", "batch_size", "optimiser", "schedule", "augmentation")
"""What a variant has in common with its base: it differs in what comes after, or in its width."""

_HOW_OFTEN = ("train_seeds", "prune_seeds", "later_prune_seeds", "permutations", "null_at")
"""Hyperparameters that may differ between runs of one experiment: they decide no value."""

_JOB = ("experiment", "train_seed", "prune_seed")


def merge(
    published: Path, new: Path, target: Path, add: bool = False, without: Collection[str] = ()
) -> None:
    """Write the published tables with those of a new study in the place of their experiments.

    Args:
        published: a results folder; it stays as it is.
        new: another one. Its experiments replace the published ones of their names.
        target: the folder to write.
        add: of an experiment that both have, keep the published runs of complete networks that
            are not in `new`.
        without: published experiments to leave out.

    Raises:
        ValueError: the two do not belong together: another profile, chapter, or data; other
            hyperparameters of an experiment that is added to; a variant beside a base that it was
            not made from. Nothing is written then.
    """
    parts = _Parts(published, new, add, without)
    provenance = parts.provenance()
    names = list(provenance["experiments"])
    filled: list[tuple[Table, pd.DataFrame]] = []
    for table in merged():
        if table.by_experiment:
            continue
        if (rows := parts.rows(table)) is not None:
            filled.append((table, rows))
        if table.name == PERFORMANCE.name:
            _check_variants(provenance, rows)
    target.mkdir(parents=True)
    for table, rows in filled:
        write(target, table, rows)
    for table in (table for table in merged() if table.by_experiment):
        for name in names:  # not in memory all at once
            if parts.only_published(name):
                [file] = table.files([name])
                (target / file).parent.mkdir(exist_ok=True)
                shutil.copyfile(published / file, target / file)
            else:
                write(target, table, parts.rows(table, name))
    save_json(target / PROVENANCE, provenance)


class _Parts:
    """What stays of the published study, and what comes from the new one."""

    def __init__(self, published: Path, new: Path, add: bool, without: Collection[str]):
        self.folders = published, new
        self.old, self.new = (
            json.loads((folder / PROVENANCE).read_text(encoding="utf-8")) for folder in self.folders
        )
        self.add, self.without = add, set(without)
        for fact in ("profile", "chapter"):
            said = [study.get(fact, "") for study in (self.old, self.new)]
            if said[0] != said[1]:
                raise ValueError(
                    f"the {fact} of what is published is {said[0]!r}, that of the new study "
                    f"{said[1]!r}: publish the whole study instead, without EXPERIMENTS"
                )
        if unknown := self.without - set(self.old["experiments"]):
            raise ValueError(f"{', '.join(sorted(unknown))}: not published, so not to be left out")

    def replaced(self, rows: pd.DataFrame) -> pd.Series:
        """Which published rows are left out."""
        gone = rows["experiment"].isin(self.without)
        for name, setting in self.new["experiments"].items():
            mine = rows["experiment"] == name
            gone |= mine & (rows["train_seed"].isin(setting["train_seeds"]) if self.add else mine)
        return gone

    def only_published(self, name: str) -> bool:
        return name not in self.new["experiments"]

    def rows(self, table: Table, name: str = "") -> pd.DataFrame | None:
        """Of both studies; None if neither has such a table."""
        found = []
        for folder in self.folders:
            [file] = table.files([name])
            if (folder / file).exists():
                rows = pd.read_parquet(folder / file)
                found.append(rows if folder == self.folders[1] else rows[~self.replaced(rows)])
        if not found:
            return None
        return pd.concat([rows for rows in found if len(rows)] or found[:1])

    def provenance(self) -> dict[str, Any]:
        kept = {
            name: setting
            for name, setting in self.old["experiments"].items()
            if self.only_published(name) and name not in self.without
        }
        fresh = {name: self._entry(name) for name in self.new["experiments"]}
        _check_data({**kept, **fresh})
        order = {name: i for i, name in enumerate(_declared(self.new))}
        names = sorted({**kept, **fresh}, key=lambda name: order.get(name, len(order)))
        return {
            **self.new,
            "experiments": {name: {**kept, **fresh}[name] for name in names},
            "jobs": self._jobs(names),
            "missing": self._missing(),
        }

    def _missing(self) -> list[str]:
        """Of what stays, and of what is new."""
        gone = self.without if self.add else {*self.new["experiments"], *self.without}
        done = {
            str(Job(*(job.get(part) for part in _JOB), job.get("analysis") or ""))
            for job in self.new["jobs"]
        }
        old = [job for job in self.old["missing"] if job.partition(",")[0] not in gone]
        return list(dict.fromkeys([*(job for job in old if job not in done), *self.new["missing"]]))

    def _entry(self, name: str) -> dict[str, Any]:
        old, new = (study["experiments"].get(name) for study in (self.old, self.new))
        if not self.add or old is None:
            return new
        before, now = (
            {
                row["name"]: row["value"]
                for row in setting["hyperparameters"]
                if row["name"] not in _HOW_OFTEN
            }
            for setting in (old, new)
        )
        if differ := [path for path in {**before, **now} if before.get(path) != now.get(path)]:
            raise ValueError(
                f"runs of {name} cannot be added to the published ones: {', '.join(differ)} "
                "differ. Publish all of its complete networks together."
            )
        runs = [run for run in old["runs"] if run[0] not in new["train_seeds"]]
        seeds = {
            which: sorted({*old[which], *new[which]}) for which in ("train_seeds", "prune_seeds")
        }
        return {**new, **seeds, "runs": sorted([*runs, *new["runs"]])}

    def _jobs(self, names: list[str]) -> list[dict[str, Any]]:
        def key(job: Mapping[str, Any]) -> tuple:
            return (*(job.get(part) for part in _JOB), job.get("analysis") or "")

        fresh = self.new["jobs"]
        keys = {key(job) for job in fresh}
        old = pd.DataFrame([{part: job.get(part) for part in _JOB} for job in self.old["jobs"]])
        gone = self.replaced(old) if len(old) else []
        kept = [
            job
            for job, left_out in zip(self.old["jobs"], gone, strict=True)
            if not left_out and key(job) not in keys
        ]
        place = {name: i for i, name in enumerate(names)}
        return sorted(
            [*kept, *fresh],
            key=lambda job: (bool(job.get("analysis")), place.get(job["experiment"], len(place))),
        )


def _declared(provenance: Mapping[str, Any]) -> tuple[str, ...]:
    return load_profile(provenance["profile"]).of_chapter(provenance.get("chapter", ""))


def _check_data(experiments: Mapping[str, Mapping[str, Any]]) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for name, setting in experiments.items():
        checksum = setting["dataset_sha256"]
        first, other = seen.setdefault(setting["dataset"], (name, checksum))
        if checksum != other:
            raise ValueError(
                f"{first} and {name} saw different data: the SHA-256 of {setting['dataset']} is "
                f"{other[:12]}... and {checksum[:12]}.... Publish all experiments on it together."
            )


def _check_variants(provenance: Mapping[str, Any], performance: pd.DataFrame) -> None:
    """A variant is compared with its base on the pages, so they must be of the same networks."""
    experiments, wrong = provenance["experiments"], []
    complete = performance[(performance.iteration == 0) & performance.prune_seed.isna()]
    found = {name: rows.set_index("train_seed") for name, rows in complete.groupby("experiment")}
    own = {job["experiment"] for job in provenance["jobs"] if job.get("prune_seed") is None}
    for name, setting in experiments.items():
        base = setting["base"]
        if base == name or base not in experiments:
            continue
        other_recipe = any(setting[part] != experiments[base][part] for part in _RECIPE)
        other_networks = False
        if name not in own and name in found and base in found:
            both = found[name].index.intersection(found[base].index)
            facts = ["accuracy", "loss"]
            other_networks = not found[name].loc[both, facts].equals(found[base].loc[both, facts])
        if other_recipe or other_networks:
            wrong.append(name)
    if wrong:
        bases = ", ".join(dict.fromkeys(experiments[name]["base"] for name in wrong))
        raise ValueError(
            f"{', '.join(wrong)} would stand beside other complete networks than those they were "
            f"made from. Publish them together with {bases} "
            f'(EXPERIMENTS), or leave them out: WITHOUT="{" ".join(wrong)}".'
        )
