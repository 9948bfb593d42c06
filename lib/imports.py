"""Which files of this repository a source needs: what it imports, and what that imports in turn.

The sources are read, not executed. So an import counts wherever it stands, inside a
function too, but not in the `__getattr__` of a package, which imports what somebody asks
for; and one by a string (`import_module`) is not seen.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

from . import ROOT


def needed_files(sources: Iterable[Path], root: Path = ROOT) -> list[Path]:
    """Sources and all files of the repository that they import, directly or through others.

    Args:
        sources: Python files.
        root: the folder of the repository.

    Returns:
        Each file once, sorted. The `__init__` of every package on the way is among them.
    """
    waiting = list(sources)
    needed: set[Path] = set()
    while waiting:
        source = waiting.pop()
        if source not in needed:
            needed.add(source)
            inside = source.parent.relative_to(root) if source.is_relative_to(root) else Path()
            names = _imported(source.read_text(encoding="utf-8"), ".".join(inside.parts))
            waiting += [file for name in names for file in _files_of(name, root)]
    return sorted(needed)


@cache
def _imported(text: str, package: str) -> tuple[str, ...]:
    """The dotted names that a source of a package imports: modules, and what is in them."""
    names: list[str] = []
    for statement in ast.parse(text).body:
        if getattr(statement, "name", "") == "__getattr__":
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = resolve_name("." * node.level + (node.module or ""), package)
                names += [f"{module}.{alias.name}" for alias in node.names]
    return tuple(names)


def _files_of(name: str, root: Path) -> Iterator[Path]:
    """The files that importing a dotted name executes: its packages, and the module itself."""
    place = root
    for part in name.split("."):
        place = place / part
        files = place / "__init__.py", place.with_suffix(".py")
        yield from (file for file in files if file.is_file())
