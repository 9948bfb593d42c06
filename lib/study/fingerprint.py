"""Short names for declarations: the same declaration, the same name, on every machine."""

import ast
import dataclasses
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from .. import ROOT
from ..imports import needed_files
from .analysis import Analysis
from .experiment import Experiment

ENGINE = Path(__file__).with_name("jobs.py")
"""What does a job; an analysis has a module of its own beside it."""


def _canonical(value: Any) -> Any:
    """Nested dataclasses as JSON, leaving out what has its default value.

    A hyperparameter that is added later, with the old behaviour as its default, thus
    leaves the names of the old results as they were.
    """
    if dataclasses.is_dataclass(value):
        fields = {
            field.name: _canonical(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != field.default
        }
        return {"type": type(value).__name__, **fields}
    return list(value) if isinstance(value, tuple) else value


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def complete_fingerprint(experiment: Experiment, code: str = "") -> str:
    """Ten hexadecimal digits for all that decides a complete network, apart from its seed."""
    e = experiment
    parts = (e.model, e.width, e.dataset, e.train_images, e.precision, _canonical(e.recipe))
    kept = [list(e.rewind_point)] if any(e.rewind_point) else []
    kept += [["classes", *e.classes]] if e.classes else []
    return _digest("complete", code, *parts, *kept)


def networks_fingerprint(experiment: Experiment, code: str = "") -> str:
    """Ten hexadecimal digits for all that decides the pruned networks of a run, apart
    from seeds and from the runs that it needs."""
    e = experiment
    parts = complete_fingerprint(e, code), _canonical(e.pruning), e.densities_of, e.masks_of
    return _digest("networks", *parts)


def run_fingerprint(experiment: Experiment, code: str = "") -> str:
    """Ten hexadecimal digits for all that decides a run and its comparisons, apart from seeds."""
    e = experiment
    parts = (e.metrics, e.output_metrics, e.permutations, _canonical(e.pruning))
    control = [name for name in (e.densities_of, e.against) if name not in ("", "pruned")]
    control += ["masks of", e.masks_of] if e.masks_of else []
    more = [list(e.also)] if e.also else []
    more += ["dimensions"] if e.dimensions else []
    # the names of results from when other iterations could be chosen
    more += ["null at", "last"] if e.permutations else []
    return _digest(
        "run", complete_fingerprint(e, code), *parts, _canonical(e.probe), *control, *more
    )


def analysis_fingerprint(analysis: Analysis, experiment: Experiment, code: str = "") -> str:
    """Ten hexadecimal digits for all that decides an analysis of a run, apart from seeds."""
    return _digest(analysis.name, run_fingerprint(experiment, code), _canonical(analysis))


def code_digest(*sources: Path, root: Path = ROOT) -> str:
    """SHA-256 of some sources and of all of `lib` that they import, as far as it is executed.

    Comments, docstrings and layout are left out: to edit them changes no result.
    """
    digest = hashlib.sha256()
    for source in needed_files(sources, root):
        name = source.relative_to(root) if source.is_relative_to(root) else source.name
        digest.update(f"{name}\n".encode())
        digest.update(_executed(source.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


@cache
def _executed(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [statement for statement in body if not _is_text(statement)]
    return ast.unparse(tree)


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a text that nothing uses, as docstrings are."""
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant and isinstance(statement.value.value, str)
