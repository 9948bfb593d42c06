"""Short names for declarations: the same declaration, the same name, on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import ROOT
from .experiment import Experiment

if TYPE_CHECKING:
    from .analyses import Analysis

ENGINE = ("analyses", "data", "metrics", "models", "pruning", "seeds.py", "study", "training")
"""The parts of `lib` that can change a result; the claims of a chapter only read tables."""


def _canonical(value: Any) -> Any:
    """Nested dataclasses as JSON, leaving out what has its default value.

    A hyperparameter that is added later, with the old behaviour as its default, thus leaves the
    names of the old results as they were.
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
    """Ten hexadecimal digits for all that decides the pruned networks of a run, apart from seeds
    and from the runs that it needs."""
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


def code_digest(root: Path = ROOT) -> str:
    """SHA-256 over the sources that can change a result."""
    digest = hashlib.sha256()
    for part in ENGINE:
        path = root / "lib" / part
        for source in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if source.name != "claims.py":
                digest.update(source.relative_to(root).as_posix().encode())
                digest.update(source.read_bytes())
    return digest.hexdigest()
