"""Every hyperparameter of an experiment beside the paper's, with its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

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
