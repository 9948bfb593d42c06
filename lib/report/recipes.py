"""Every hyperparameter of an experiment beside the paper's, with its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from .results import Results
from .tables import Table


def deviations(results: Results, experiment: str) -> Table:
    """The hyperparameters that differ from the paper's: here, in the paper, why, and source."""
    rows = [
        (_name(row), _text(row["value"]), _text(row["paper"]), row["why"], row["source"])
        for row in _rows(results, experiment, differ=True)
    ]
    header = ("Hyperparameter", "Here", "In the paper", "Why it differs", "Source")
    return Table(header, rows, cards=True, nothing="Nothing: every value is the paper's.")


def kept(results: Results, experiment: str) -> Table:
    """The hyperparameters that are as in the paper: value and source."""
    rows = [
        (_name(row), _text(row["value"]), row["source"])
        for row in _rows(results, experiment, differ=False)
    ]
    header = ("Hyperparameter", "Here and in the paper", "Source")
    return Table(header, rows, cards=True, nothing="Nothing: every value differs.")


def costs(results: Results) -> Table:
    """What the jobs of each experiment took: number, minutes in all, longest, memory, device."""
    jobs = pd.DataFrame(results.provenance["jobs"]).reindex(
        columns=["experiment", "prune_seed", "analysis", "seconds", "memory", "device"]
    )
    jobs["kind"] = jobs["prune_seed"].isna().map({True: "complete networks", False: "runs"})
    asked = jobs["analysis"].notna() & (jobs["analysis"] != "")
    jobs["kind"] = jobs["kind"].mask(asked, jobs["analysis"])
    rows = []
    for (name, kind), group in jobs.groupby(["experiment", "kind"], sort=False):
        memory = group["memory"].max()
        rows.append(
            (
                f"{name}, {kind}",
                str(len(group)),
                f"{group['seconds'].sum() / 60:.1f}",
                f"{group['seconds'].max() / 60:.1f}",
                "-" if pd.isna(memory) else f"{memory / 1024:.1f}",
                ", ".join(sorted(set(group["device"]))),
            )
        )
    header = ("Jobs", "Number", "Minutes, all", "Minutes, longest", "GiB, each", "Device")
    return Table(header, rows, numeric=header[1:5])


def references(results: Results) -> Table:
    """What the paper's sources do otherwise: what, who, there, here, why."""
    rows = [
        (row["what"], row["source"], row["there"], row["here"], row["why"])
        for row in results.provenance.get("references", [])
    ]
    header = ("What", "Source", "There", "Here", "Why")
    return Table(header, rows, cards=True, nothing="Nothing is known.")


def variants(results: Results) -> Table:
    """Controls, other scales and other ways to prune, and which of them these results hold."""
    held = set(results.variants)
    rows = []
    for row in results.provenance.get("variants", []):
        bases = [name for name in results.experiments if f"{name}_{row['name']}" in held]
        networks = ", ".join(results.network(name) for name in bases)
        rows.append((row["name"], row["kind"], row["about"], networks or "-"))
    header = ("Variant", "Kind", "What is different", "Measured here for")
    return Table(header, rows, cards=True, nothing="There are none.")


def _rows(results: Results, experiment: str, *, differ: bool) -> Iterator[Mapping[str, Any]]:
    for row in results.settings(experiment)["hyperparameters"]:
        if (row["value"] != row["paper"]) == differ:
            yield row


def _name(row: Mapping[str, Any]) -> str:
    """`recipe.optimiser.weight_decay` -> `optimiser: weight decay`."""
    return row["name"].removeprefix("recipe.").replace(".", ": ").replace("_", " ")


def _text(value: Any) -> str:
    """A value, or its Python literal, as a reader writes it."""
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value)
        except (SyntaxError, ValueError):
            return value or "-"
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    return f"{value:,g}" if isinstance(value, float) else str(value)
