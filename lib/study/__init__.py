"""Experiments as declarations, the jobs that carry them out, and the tables that jobs write."""

from importlib import import_module
from typing import Any

_WHERE = {
    "experiment": ("Experiment", "Probe", "changed", "leaves"),
    "jobs": ("run_job",),
    "profiles": ("PROFILES", "Profile", "load_profile"),
    "study": ("Job", "Study"),
}


def __getattr__(name: str) -> Any:
    """Names are imported on first use: a study loads the chapters, which import parts of this."""
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
