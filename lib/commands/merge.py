"""Merge some experiments of a new study with those that are already published."""

import shutil
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from ..book.report.results import files_of
from ..catalogue import load_profile
from ..integrity import load_sealed, seal
from ..study.job import Job
from ..table_schemas import PERFORMANCE
from .collect import merged_tables, write

_HOW_OFTEN = ("train_seeds", "prune_seeds", "later_prune_seeds", "permutations", "null_at")
"""Hyperparameters that may differ between runs of one experiment: they decide no value."""


def merge(published: Path, new: Path, target: Path, add: bool = False) -> None:
    """Write the published tables with some experiments replaced by those of a new study.

    Args:
        published: a results folder; it stays as it is.
        new: another one. Its experiments replace the published ones of the same names.
        add: of an experiment in both, keep the published runs of other complete networks.

    Raises:
        ValueError: another profile, chapter, or data; other hyperparameters; only some
            of the published experiments of one base are replaced, by other complete
            networks; a damaged file. Nothing is written then.
    """
    old, fresh = (load_sealed(folder) for folder in (published, new))
    provenance = _provenance(old, fresh, add)
    _check_variants(old["experiments"], fresh, add, *map(_complete_networks, (published, new)))
    target.mkdir(parents=True)
    for table in merged_tables():
        for name in provenance["experiments"] if table.by_experiment else [""]:
            [file] = files_of(table, [name])
            if name and name not in fresh["experiments"]:
                (target / file).parent.mkdir(exist_ok=True)
                shutil.copyfile(published / file, target / file)
                continue
            parts = []
            if file in old["files"]:
                rows = pd.read_parquet(published / file)
                pairs = zip(rows["experiment"], rows["train_seed"], strict=True)
                parts.append(rows.loc[[not _replaced(*pair, fresh, add) for pair in pairs]])
            if file in fresh["files"]:
                parts.append(pd.read_parquet(new / file))
            if parts:
                write(target, table, pd.concat([rows for rows in parts if len(rows)] or parts[:1]))
    seal(target, provenance)


def _replaced(experiment: str, train_seed: int, fresh: dict[str, Any], add: bool) -> bool:
    """Whether the new study takes the place of a published complete network and its runs."""
    setting = fresh["experiments"].get(experiment)
    return setting is not None and (not add or train_seed in setting["train_seeds"])


def _provenance(old: dict[str, Any], fresh: dict[str, Any], add: bool) -> dict[str, Any]:
    """The provenance of both together; errors as for `merge`."""
    for fact in ("profile", "chapter"):
        values = [study.get(fact, "") for study in (old, fresh)]
        if values[0] != values[1]:
            raise ValueError(
                f"the {fact} of the published study is {values[0]!r}, that of the new study "
                f"{values[1]!r}: publish the entire study instead, without EXPERIMENTS"
            )
    experiments = old["experiments"] | fresh["experiments"]
    if add:
        for name in old["experiments"].keys() & fresh["experiments"].keys():
            experiments[name] = _added(name, old["experiments"][name], fresh["experiments"][name])
    _check_data(experiments)
    declared = load_profile(fresh["profile"]).of_chapter(fresh.get("chapter", ""))
    order = {name: place for place, name in enumerate(dict.fromkeys([*declared, *experiments]))}
    stay = [j for j in old["jobs"] if not _replaced(j["experiment"], j["train_seed"], fresh, add)]
    # the complete networks that new variants started from are published already
    new = [job for job in fresh["jobs"] if job["experiment"] in fresh["experiments"]]
    of = itemgetter("experiment", "train_seed", "prune_seed", "analysis", "other_seed")
    jobs = {
        of({"analysis": "", "other_seed": None} | job): job for job in (*fresh["jobs"], *stay, *new)
    }
    done = {str(Job(*key)) for key in jobs}
    replaced = () if add else fresh["experiments"]
    missing = [job for job in old["missing"] if job.partition(",")[0] not in replaced]
    return {
        **fresh,
        "experiments": {name: experiments[name] for name in sorted(experiments, key=order.get)},
        "jobs": sorted(
            jobs.values(),
            key=lambda job: (bool(job.get("analysis")), order.get(job["experiment"], len(order))),
        ),
        "missing": [job for job in dict.fromkeys(missing + fresh["missing"]) if job not in done],
    }


def _complete_networks(folder: Path) -> dict[tuple[str, int], tuple[float, ...]]:
    """{(experiment, train_seed): accuracy and losses}, rounded, as machines sum differently."""
    rows = pd.read_parquet(folder / files_of(PERFORMANCE, [])[0]).round(6)
    rows = rows[rows.prune_seed.isna() & rows.other_seed.isna()].set_index(
        ["experiment", "train_seed"]
    )
    return rows[["accuracy", "loss", "train_loss"]].fillna(-1).apply(tuple, axis=1).to_dict()


def _check_variants(
    published: dict[str, Any], fresh: dict[str, Any], add: bool, known: dict, new: dict
) -> None:
    """Pages compare a variant with its base, so both must start from the same complete
    networks, unless it has complete networks of its own. Nothing else may have changed,
    either."""
    trained = {
        job["experiment"]
        for job in fresh["jobs"]
        if job["prune_seed"] is None and job.get("other_seed") is None
    }
    declared = load_profile(fresh["profile"])
    for name, setting in fresh["experiments"].items():
        base, seeds = setting["base"], setting["train_seeds"]
        seeds = [seed for seed in seeds if not add or (base, seed) in known]
        alone = all(known.get((base, seed)) == new.get((name, seed)) for seed in seeds)
        alone |= name in trained & published.keys() and name != base
        which = name if name in published else base  # a new variant belongs to the base as it was
        now = setting if name == which else {"hyperparameters": declared.hyperparameters(base)}
        if alone and which in published and not _different(published[which], now):
            continue
        left = [
            variant
            for variant, theirs in published.items()
            if theirs["base"] == base and variant not in fresh["experiments"]
            if not add or set(theirs["train_seeds"]) & set(setting["train_seeds"])
        ]
        if left:
            raise ValueError(
                f"{name} would appear beside {', '.join(left)} of another study, and pages compare "
                "the two: publish them together (EXPERIMENTS)"
            )


def _added(name: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The provenance of an experiment with the complete networks of both studies."""
    if differ := _different(old, new):
        raise ValueError(
            f"runs of {name} cannot be added to the published ones: {', '.join(differ)} "
            "differ. Publish all of its complete networks together."
        )
    runs = [run for run in old["runs"] if run[0] not in new["train_seeds"]]
    seeds = {which: sorted({*old[which], *new[which]}) for which in ("train_seeds", "prune_seeds")}
    rows = [
        row | {"value": str(tuple(seeds[row["name"]]))} if row["name"] in seeds else row
        for row in new["hyperparameters"]
    ]
    return {**new, **seeds, "hyperparameters": rows, "runs": sorted([*runs, *new["runs"]])}


def _different(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The hyperparameters in which two studies of an experiment differ.

    One that was declared since was at full scale before: it may be added only if
    nothing changes.
    """
    before, now = (
        {row["name"]: row for row in s["hyperparameters"] if row["name"] not in _HOW_OFTEN}
        for s in (old, new)
    )
    differ = []
    for path in {**before, **now}:
        values = [rows[path]["value"] for rows in (before, now) if path in rows]
        if len(values) < 2:
            values.append((before | now)[path]["paper"])
        if values[0] != values[1]:
            differ.append(path)
    return differ


def _check_data(experiments: dict[str, Any]) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for name, setting in experiments.items():
        checksum = setting["dataset_sha256"]
        first_name, first_checksum = seen.setdefault(setting["dataset"], (name, checksum))
        if checksum != first_checksum:
            raise ValueError(
                f"{first_name} and {name} saw different data: the SHA-256 of "
                f"{setting['dataset']} is {first_checksum[:12]}... and {checksum[:12]}.... "
                "Publish all experiments on it together."
            )
