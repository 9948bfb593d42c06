"""Which files of `lib` and `notebooks` a source needs: its imports, and what those import in turn.

The sources are read, not executed. So an import counts wherever it stands, inside a
function too, and one by a string (`import_module`) is not seen. What a package imports
only when it is asked for a name that it does not define (`__getattr__`) counts for
those who ask for such a name.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from . import ROOT

PACKAGES = ("lib", "notebooks")
DATA = (".csv", ".json")


def needed_files(sources: Iterable[Path], root: Path = ROOT) -> list[Path]:
    """Sources and all files of `PACKAGES` that they import, directly or through others.

    Args:
        sources: Python files, such as a page in percent format.
        root: the folder of the packages.

    Returns:
        Each file once, sorted. The `__init__` of every package on the way is among them.
    """
    waiting = list(sources)
    needed: set[Path] = set()
    imported: set[str] = set()
    while waiting:
        source = waiting.pop()
        if source in needed:
            continue
        needed.add(source)
        names = set(_imports(source, root)) - imported
        imported |= names
        waiting += [file for name in names for file in _files_of(name, root)]
    return sorted(needed)


def data_beside(files: Iterable[Path]) -> list[Path]:
    """The tables and lists that lie in the folders of some files, sorted."""
    folders = {file.parent for file in files}
    return sorted(f for folder in folders for f in folder.iterdir() if f.suffix in DATA)


def _package_of(source: Path, root: Path) -> str:
    """The package from which a source's relative imports start; empty outside of `PACKAGES`."""
    inside = any(source.is_relative_to(root / package) for package in PACKAGES)
    return ".".join(source.parent.relative_to(root).parts) if inside else ""


def _imports(source: Path, root: Path, asked: str = "") -> list[str]:
    """The dotted names that a file imports from `PACKAGES`: modules, and what is taken from them.

    Args:
        asked: a name that somebody imports from the file. What its `__getattr__`
            imports counts unless the file defines the name itself. Empty for all that
            it imports otherwise.
    """
    names = _imported(source.read_text(encoding="utf-8"), _package_of(source, root), asked)
    return [name for name in names if name.split(".")[0] in PACKAGES]


@cache
def _imported(text: str, package: str, asked: str) -> tuple[str, ...]:
    statements = ast.parse(text).body
    if asked:
        defined = any(asked in _defined(statement) for statement in statements)
        statements = [s for s in statements if _is_getattr(s) and not defined]
    else:
        statements = [s for s in statements if not _is_getattr(s)]
    return tuple(
        name
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _names(node, package)
    )


def _is_getattr(statement: ast.stmt) -> bool:
    return getattr(statement, "name", "") == "__getattr__"


def _defined(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module gives it."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


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
