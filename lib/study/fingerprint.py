"""Short names for declarations: the same declaration, the same name, on every machine."""

import dataclasses
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ..integrity import checksum, digest
from .analysis import Analysis
from .experiment import Experiment

PACKAGE = Path(__file__).parents[1]
ROOMS = ("book", "commands", "report")
OF_PAGES = ("analysis.py", "page.py")
"""Code that no job imports: rooms of `lib`, and files in a folder of notebooks."""


def _canonical(value: Any) -> Any:
    """Nested dataclasses as JSON, leaving out fields with their default value.

    So a new hyperparameter, with the old behaviour as its default, changes no name.
    """
    if dataclasses.is_dataclass(value):
        fields = {
            field.name: _canonical(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != field.default
        }
        return {"type": type(value).__name__, **fields}
    return list(value) if isinstance(value, tuple) else value


def short_digest(*parts: Any) -> str:
    """Ten hexadecimal digits of plain values."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def complete_fingerprint(e: Experiment) -> str:
    """Everything that decides a complete network, apart from its seed."""
    parts = (e.model, e.width, e.dataset, e.train_images, e.precision, _canonical(e.recipe))
    kept = [list(e.rewind_point)] if any(e.rewind_point) else []
    kept += [["classes", *e.classes]] if e.classes else []
    # the empty word here, and "last" below, keep the names of folders as they are
    return short_digest("complete", "", *parts, *kept)


def run_fingerprint(e: Experiment) -> str:
    """Everything that decides a run and its comparisons, apart from seeds."""
    parts = (e.metrics, e.output_metrics, e.permutations, _canonical(e.pruning))
    control = [name for name in (e.densities_of, e.against) if name not in ("", "pruned")]
    control += ["masks of", e.masks_of] if e.masks_of else []
    more = [list(e.also)] if e.also else []
    more += ["dimensions"] if e.dimensions else []
    more += ["null at", "last"] if e.permutations else []
    return short_digest(
        "run", complete_fingerprint(e), *parts, _canonical(e.probe), *control, *more
    )


def analysis_fingerprint(analysis: Analysis, experiment: Experiment) -> str:
    """Everything that decides an analysis of a run, apart from seeds."""
    return short_digest(analysis.name, run_fingerprint(experiment), _canonical(analysis))


@cache
def code_digest(analysis: Path | None = None, package: Path = PACKAGE) -> str:
    """SHA-256 of all code that a job may execute: `lib`, and the folder of its analysis.

    It is read once in a process, which executes what it has read.
    """
    files = [f for f in package.rglob("*.py") if f.relative_to(package).parts[0] not in ROOMS]
    if analysis:
        files += [f for f in analysis.parent.glob("*.py") if f.name not in OF_PAGES]
    return checksum({f"{file.parent.name}/{file.name}": digest(file) for file in files})
