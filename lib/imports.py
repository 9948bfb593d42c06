"""Which files of `lib` a source needs: what it imports, and what that imports in turn.

The sources are read, not executed. So an import counts wherever it stands, inside a function too,
and one by a string (`import_module`) is not seen. What a package imports only when it is asked for
one of its names (`__getattr__`) counts for those who ask.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from . import ROOT

PACKAGE = "lib"
DATA = (".csv", ".json")


def needed_files(sources: Iterable[Path], root: Path = ROOT) -> list[Path]:
    """Sources and all files of `lib` that they import, directly or through others.

    Args:
        sources: Python files, such as a page in percent format.
        root: the folder of the package `lib`.

    Returns:
        Each file once, sorted. The `__init__` of every package on the way is among them.
    """
    waiting = list(sources)
    needed: set[Path] = set()
    while waiting:
        source = waiting.pop()
        if source in needed:
            continue
        needed.add(source)
        for name in _imports(source, root):
            waiting += _files_of(name, root)
    return sorted(needed)


def data_beside(files: Iterable[Path]) -> list[Path]:
    """The tables and lists that lie in the folders of some files, sorted."""
    folders = {file.parent for file in files}
    return sorted(f for folder in folders for f in folder.iterdir() if f.suffix in DATA)


def _package_of(source: Path, root: Path) -> str:
    """The package from which a source's relative imports start; empty outside of `lib`."""
    folder = source.parent
    if not folder.is_relative_to(root / PACKAGE):
        return ""
    return ".".join(folder.relative_to(root).parts)


def _imports(source: Path, root: Path, asked: str = "") -> list[str]:
    """The dotted names that a file imports from `lib`: modules, and what is taken from them.

    Args:
        asked: a name for which the file's `__getattr__` is asked; empty for all that the file
            imports otherwise.
    """
    names = _imported(source.read_text(encoding="utf-8"), _package_of(source, root), asked)
    return [name for name in names if f"{name}.".startswith(f"{PACKAGE}.")]


@cache
def _imported(text: str, package: str, asked: str) -> tuple[str, ...]:
    statements = [
        statement
        for statement in ast.parse(text).body
        if getattr(statement, "name", "") != "__getattr__"
    ]
    if asked:
        statements = [s for s in ast.parse(text).body if _answers(s, asked)]
    return tuple(
        name
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _names(node, package)
    )


def _answers(statement: ast.stmt, asked: str) -> bool:
    """Whether a statement is a `__getattr__` that names what is asked for."""
    if getattr(statement, "name", "") != "__getattr__":
        return False
    return any(getattr(node, "value", None) == asked for node in ast.walk(statement))


def _names(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    module = node.module or ""
    if node.level:
        parts = package.split(".")
        above = parts[: len(parts) - node.level + 1]
        module = ".".join([*above, *filter(None, [module])])
    yield from (f"{module}.{alias.name}" for alias in node.names)


def _files_of(name: str, root: Path) -> Iterator[Path]:
    """The files that importing a dotted name executes: its packages, and the module itself."""
    place = root
    for part in name.split("."):
        package = place / "__init__.py"
        place = place / part
        files = [f for f in (place / "__init__.py", place.with_suffix(".py")) if f.is_file()]
        yield from files
        if not files and package.is_file():
            for answer in _imports(package, root, part):
                yield from _files_of(answer, root)
