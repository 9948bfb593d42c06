"""Every hyperparameter of an experiment beside that at full scale, with its source.

Not every value at full scale is the paper's: where it leaves one open, other authors or
we have chosen it. The source given with each value says who.
"""

import ast
from collections.abc import Mapping
from typing import Any

from .format import Table
from .results import Results


def deviations(results: Results, experiment: str) -> Table:
    """The hyperparameters that differ from those at full scale: both, why, and a source."""
    columns = {
        "value": "Here",
        "paper": "At full scale",
        "why": "Why it differs",
        "source": "Source of the full scale",
    }
    return _table(results, experiment, columns, differ=True)


def kept(results: Results, experiment: str) -> Table:
    """The hyperparameters that are as at full scale: value and source."""
    columns = {"value": "Here and at full scale", "source": "Source"}
    return _table(results, experiment, columns, differ=False)


def _table(results: Results, experiment: str, columns: Mapping[str, str], differ: bool) -> Table:
    rows = [
        [_name(row["name"]), *(_text(row[key]) for key in columns)]
        for row in results.settings(experiment)["hyperparameters"]
        if (row["value"] != row["paper"]) == differ
    ]
    nothing = "every value is that at full scale" if differ else "every value differs"
    header = ("Hyperparameter", *columns.values())
    return Table(header, rows, cards=True, nothing=f"Nothing: {nothing}.")


def _name(name: str) -> str:
    """`recipe.optimiser.weight_decay` -> `optimiser: weight decay`."""
    return name.removeprefix("recipe.").replace(".", ": ").replace("_", " ")


def _text(value: Any) -> str:
    """A value, or the Python literal of one, as a reader would write it; other text as it is."""
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
