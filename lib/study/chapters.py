"""What the chapters declare. Each has a folder in `lib/analyses` and a page of the same name.

A chapter is a study of its own, with tables of its own; jobs that two studies have in common are
done once. Its module `experiments` lists its `EXPERIMENTS` by name and declares, where needed,

- `NETWORKS`, {experiment: declaration}: networks that the main paper does not have;
- `VARIANTS`, further ways to prune any network; `SUBSETS`, {experiment: variants of it alone};
- `CHANGES`, {profile: {experiment: changes}}: the scale of its networks and variants.

The modules are imported by name, since their folders build on this one.
"""

from importlib import import_module
from typing import Any

from .declarations import Change, Declaration, Declared

_MODULES = {
    name: import_module(f"lib.analyses.{name}.experiments")
    for name in ("icpram2020", "icann2020", "wacv2020", "at_init", "prunings")
}

CHAPTERS: dict[str, tuple[str, ...]] = {n: m.EXPERIMENTS for n, m in _MODULES.items()}
"""chapter -> its experiments."""


def _together(kind: str) -> dict[str, Any]:
    found = (getattr(module, kind, {}) for module in _MODULES.values())
    return {name: declared for one in found for name, declared in one.items()}


NETWORKS: dict[str, Declaration] = _together("NETWORKS")
"""experiment -> its declaration, for networks that the main paper does not have."""

FURTHER_VARIANTS: Declared = _together("VARIANTS")
SUBSETS: dict[str, Declared] = _together("SUBSETS")


def changes(profile: str) -> dict[str, dict[str, Change]]:
    """{experiment: {path: change}} that a profile makes in the experiments of all chapters."""
    return {
        name: found
        for module in _MODULES.values()
        for name, found in getattr(module, "CHANGES", {}).get(profile, {}).items()
    }
