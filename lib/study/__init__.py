"""Experiments as declarations, jobs that do them, and the tables that they leave."""

from importlib import import_module
from typing import Any

_WHERE = {
    "experiment": ("Experiment", "Probe", "changed", "leaves"),
    "jobs": ("run_job",),
    "profiles": ("PROFILES", "Profile", "load_profile"),
    "study": ("Job", "Study"),
}
__all__ = sorted(name for names in _WHERE.values() for name in names)


def __getattr__(name: str) -> Any:
    """Imported when asked for: the study loads the chapters, and those import parts of it."""
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
