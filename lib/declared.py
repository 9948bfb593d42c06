"""The one place where `lib` finds the declared experiments: `notebooks/catalogue.py`, by its name.

No module of `lib` imports a notebook, and the engine (`lib.study`) knows no experiment.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from .did_you_mean import lookup
from .study.declarations import Catalogue, Profile
from .study.study import Study

_declared = import_module("notebooks.catalogue")
CATALOGUE: Catalogue = _declared.CATALOGUE
PROFILES: dict[str, Profile] = _declared.PROFILES


def declared_study(
    profile: str,
    folder: Path | str | None = None,
    experiments: Iterable[str] | None = None,
    chapter: str = "",
) -> Study:
    """The study of a profile by its name; all else is as `lib.study.study.Study` says."""
    return Study(lookup("profile", profile, PROFILES), folder, experiments, chapter)
