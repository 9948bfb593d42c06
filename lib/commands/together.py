"""What would stand together in a published study must belong together, for pages compare it."""

from pathlib import Path
from typing import Any

import pandas as pd

from ..catalogue import load_profile
from ..integrity import check_digest, join, load_parts
from ..table_schemas import PERFORMANCE

_HOW_OFTEN = ("train_seeds", "prune_seeds", "later_prune_seeds", "permutations", "null_at")
"""Hyperparameters that may differ between runs of one experiment: they decide no value."""


def check_together(published: Path, new: Path) -> None:
    """Refuse new experiments that do not belong to those which stay beside them.

    Args:
        published: a study's folder; there may be no experiments in it.
        new: another one, whose experiments take the place of those of the same names.

    Raises:
        ValueError: another profile, chapter, or data; a network and its variants
            differ in complete networks or in hyperparameters; a damaged provenance.
    """
    fresh = {name: part for name, part in load_parts(new).items() if part["experiments"]}
    old = load_parts(published)
    study = join(old | fresh)
    declared = load_profile(study["profile"]).hyperparameters
    for name, part in fresh.items():
        setting = part["experiments"][name]
        left = [
            variant
            for variant, theirs in study["experiments"].items()
            if theirs["base"] == setting["base"] and variant not in fresh
        ]
        which = name if name in old else setting["base"]  # a new variant is of the base as it was
        rows = setting["hyperparameters"] if name in old else declared(which)
        parts = {variant: (published, old[variant]) for variant in left} | {name: (new, part)}
        if left and not (
            which in old
            and _decide_alike(old[which]["experiments"][which]["hyperparameters"], rows)
            and _same_networks(setting["base"], parts)
        ):
            raise ValueError(
                f"{name} would appear beside {', '.join(left)} of another study, and pages compare "
                "the two: publish them together (EXPERIMENTS), or delete the folders of those"
            )


def _same_networks(base: str, parts: dict[str, tuple[Path, dict[str, Any]]]) -> bool:
    """Whether a base and its variants start from the same complete networks.

    A variant that trains complete networks of its own does so.
    """
    sharing = {
        name: _complete_networks(study / name, part["files"])
        for name, (study, part) in parts.items()
        if name == base or not _trains_its_own(name, part)
    }
    known = {seed: network for of in sharing.values() for seed, network in of.items()}
    known = sharing.get(base, known)
    return all(known.get(seed) == n for of in sharing.values() for seed, n in of.items())


def _trains_its_own(name: str, part: dict[str, Any]) -> bool:
    complete = {"experiment": name, "prune_seed": None, "other_seed": None}
    return any(complete.items() <= ({"other_seed": None} | job).items() for job in part["jobs"])


def _complete_networks(folder: Path, files: dict[str, str]) -> dict[int, tuple[float, ...]]:
    """{train_seed: accuracy and losses}, rounded, as machines sum differently."""
    path = folder / f"{PERFORMANCE.name}.parquet"
    check_digest(path, files.get(path.name))
    rows = pd.read_parquet(path).round(6)
    rows = rows[rows.prune_seed.isna() & rows.other_seed.isna()].set_index("train_seed")
    return rows[["accuracy", "loss", "train_loss"]].fillna(-1).apply(tuple, axis=1).to_dict()


def _decide_alike(*both: list[dict[str, Any]]) -> bool:
    """Whether hyperparameters are the same; one that was declared since was at full scale."""
    old, new = ({row["name"]: row for row in rows} for rows in both)
    return all(
        old.get(name, {"value": row["paper"]})["value"]
        == new.get(name, {"value": row["paper"]})["value"]
        for name, row in (old | new).items()
        if name not in _HOW_OFTEN
    )
