"""Whether the code can be read: what is counted, and the bound of each count.

    python -m benchmarks.readability [--strict]

It fails where a count in `HELD` is beyond its bound, and with `--strict` where any is. Lengths of
functions are without their docstrings, which have a line for each argument.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from statistics import fmean

import jupytext
import pandas as pd

from lib import ROOT

COUNTED = ("lib", "notebooks", "benchmarks")
ROLES = {"analysis", "claims", "experiments", "job", "tables"}
"""What a file in the folder of a question may be, so files of this name may be in each of them."""
SCREENS = {"nano_imp": "the whole method in one file: its functions are what it shows"}
"""Notebook whose definitions and cells are not bounded -> why."""
STANDALONE = {"compare", "damage"}
"""Notebooks whose HTML is for users of networks of their own, and shows no code."""
FOLDING = {"hide-input", "hide-cell"}
REMOVING = {"remove-input", "remove-cell", "parameters"}
"""Executing a page takes its parameters out of what readers see as well."""
WIDE = 90
PRONOUNS = {"found", "here", "mine", "one", "other", "others", "own", "said", "there"}
"""Names that do not say what they name."""
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Bound:
    """A count and what it must not leave.

    Attributes:
        what: is counted.
        now: the count.
        most: it must not exceed this; None for no such bound.
        least: nor be less than this; None for no such bound.
        where: the worst places.
    """

    what: str
    now: float
    most: float | None = None
    least: float | None = None
    where: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        above = self.most is not None and self.now > self.most
        below = self.least is not None and self.now < self.least
        return not (above or below)

    @property
    def row(self) -> dict[str, str]:
        """For the table."""
        return {
            "what": self.what,
            "now": f"{self.now:,}" if isinstance(self.now, int) else f"{self.now:.1f}",
            "bound": f"<= {self.most:,}" if self.least is None else f">= {self.least:,}",
            "ok": "yes" if self.ok else "no",
        }


@dataclass(frozen=True)
class Module:
    """A file of Python."""

    path: str  # from the root, with slashes
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def role(self) -> str:
        """What it is in the folder of a question; empty elsewhere."""
        inside = re.fullmatch(r"lib/analyses/\w+/(\w+)\.py", self.path)
        return inside[1] if inside and inside[1] in ROLES else ""


@dataclass(frozen=True)
class Cell:
    """A cell of code."""

    notebook: str
    source: str
    tags: frozenset[str]

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @property
    def code(self) -> int:
        """Lines that are not blank."""
        return sum(bool(line.strip()) for line in self.source.splitlines())

    @property
    def visible(self) -> bool:
        return not self.tags & (FOLDING | REMOVING)

    @property
    def removed(self) -> bool:
        """Whether no reader of the page can open it."""
        return bool(self.tags & REMOVING)

    @property
    def unseen(self) -> int:
        """Lines that no reader can open although they are neither imports nor parameters."""
        return self.beside_imports if self.removed and "parameters" not in self.tags else 0

    @cached_property
    def statements(self) -> list[ast.stmt]:
        return ast.parse(self.source).body

    @property
    def beside_imports(self) -> int:
        """Lines of statements that are no imports."""
        statements = (s for s in self.statements if not isinstance(s, IMPORTS))
        return sum(statement.end_lineno - statement.lineno + 1 for statement in statements)

    @property
    def definitions(self) -> int:
        """Functions and classes, and `lambda`s that are given a name."""
        nodes = list(chain.from_iterable(map(ast.walk, self.statements)))
        named = (node.value for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign))
        lambdas = sum(isinstance(value, ast.Lambda) for value in named)
        return sum(isinstance(node, DEFINITIONS) for node in nodes) + lambdas


def modules(root: Path, *folders: str) -> list[Module]:
    """The files of some folders."""
    files = chain.from_iterable(sorted((root / folder).rglob("*.py")) for folder in folders)
    return [Module(f.relative_to(root).as_posix(), f.read_text(encoding="utf-8")) for f in files]


def cells(notebooks: list[Module]) -> list[Cell]:
    """The cells of code of notebooks in percent format."""
    return [
        Cell(notebook.stem, cell.source, frozenset(cell.metadata.get("tags", [])))
        for notebook in notebooks
        for cell in jupytext.reads(notebook.text, fmt="py:percent").cells
        if cell.cell_type == "code"
    ]


def public_names(module: Module) -> Iterator[str]:
    """What a module defines for others at its top level; each program has its own `main`."""
    for statement in module.tree.body:
        if isinstance(statement, DEFINITIONS):
            names = [statement.name]
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = getattr(statement, "targets", None) or [statement.target]
            nodes = chain.from_iterable(map(ast.walk, targets))
            stored = (node for node in nodes if isinstance(node, ast.Name))
            names = [node.id for node in stored if isinstance(node.ctx, ast.Store)]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_") and name != "main")


def shared_names(lib: list[Module]) -> list[str]:
    """Names that two modules define; the files of one role in all questions count as one."""
    places = defaultdict(set)
    for module in lib:
        for name in public_names(module):
            places[name].add(module.role or module.path)
    return sorted(name for name, where in places.items() if len(where) > 1)


def shared_stems(lib: list[Module]) -> list[str]:
    """Names of files that occur twice, other than those of roles."""
    places = defaultdict(list)
    for module in lib:
        if not module.role and module.stem != "__init__":
            places[module.stem].append(module.path)
    return sorted(stem for stem, where in places.items() if len(where) > 1)


def functions(module: Module) -> Iterator[tuple[int, str]]:
    """(lines without the docstring, name) of each function."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                docstring = node.body[0]
                length -= docstring.end_lineno - docstring.lineno + 1
            yield length, f"{node.name} in {module.path}"


def pronouns(module: Module) -> Iterator[str]:
    """The names of variables and arguments that are pronouns.

    Python's own word for the second operand of a method is `other`, so `merged(self, other)` may
    have it. The fields of a class are columns of tables, which others know by these names.
    """
    nodes = list(ast.walk(module.tree))
    methods = [node.args.args for node in nodes if isinstance(node, ast.FunctionDef)]
    operands = [a[1] for a in methods if [x.arg for x in a[:2]] == ["self", "other"]]
    classes = chain.from_iterable(node.body for node in nodes if isinstance(node, ast.ClassDef))
    fields = [statement.target for statement in classes if isinstance(statement, ast.AnnAssign)]
    for node in nodes:
        if any(node is known for known in (*operands, *fields)):
            continue
        stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        name = node.arg if isinstance(node, ast.arg) else node.id if stored else ""
        if name in PRONOUNS:
            yield f"{name} in {module.path}"


def of_lib(lib: list[Module]) -> list[Bound]:
    """The bounds on what others import."""
    files = sorted(((len(module.lines), module.path) for module in lib), reverse=True)
    longest = sorted(chain.from_iterable(map(functions, lib)), reverse=True)
    lines = [line for module in lib for line in module.lines if line.strip()]
    wide = 100 * fmean(len(line) > WIDE for line in lines)
    names, stems = shared_names(lib), shared_stems(lib)
    return [
        Bound("public names that two modules define", len(names), 5, where=tuple(names)),
        Bound("names of files that occur twice", len(stems), 0, where=tuple(stems)),
        Bound("lines of the longest file", files[0][0], 300, where=worst(files, 300)),
        Bound("lines of the longest function", longest[0][0], 40, where=worst(longest, 40)),
        Bound("mean characters of a line", fmean(map(len, lines)), 46),
        Bound(f"lines of over {WIDE} characters, %", wide, 8),
    ]


def of_pages(code: list[Cell]) -> list[Bound]:
    """The bounds on what readers of the book read."""
    bounded = [cell for cell in code if cell.notebook not in SCREENS]
    shown = [
        cell
        for cell in bounded
        if cell.notebook not in STANDALONE and not cell.notebook.startswith("job_")
    ]
    defining = [(cell.definitions, cell.notebook) for cell in bounded]
    lengths = sorted(((cell.lines, cell.notebook) for cell in bounded), reverse=True)
    folded = [(share, name) for name, share in shares(shown).items() if share < 60]
    unseen = [(cell.unseen, cell.notebook) for cell in shown]
    return [
        Bound("functions and classes in notebooks", total(defining), 0, where=worst(defining, 0)),
        Bound("lines of the longest cell", lengths[0][0], 20, where=worst(lengths, 20)),
        Bound("mean lines of a cell", fmean(length for length, _ in lengths), 8),
        Bound("code of pages that is visible, %", visible(shown), least=60),
        Bound(
            "pages of which less than 60 % is visible",
            len(folded),
            0,
            where=tuple(f"{name} ({share:.0f} %)" for share, name in sorted(folded)),
        ),
        Bound("removed lines beside imports", total(unseen), 0, where=worst(unseen, 0)),
    ]


def visible(code: list[Cell]) -> float:
    """The share of lines that readers see without a click, in percent."""
    lines = sum(cell.code for cell in code)
    return 100 * sum(cell.code for cell in code if cell.visible) / lines if lines else 100.0


def shares(code: list[Cell]) -> dict[str, float]:
    """{page: its visible share in percent}."""
    pages = defaultdict(list)
    for cell in code:
        pages[cell.notebook].append(cell)
    return {page: visible(page_cells) for page, page_cells in pages.items()}


def total(counts: list[tuple[int, str]]) -> int:
    return sum(count for count, _ in counts)


def worst(counts: list[tuple[int, str]], bound: int) -> tuple[str, ...]:
    """The places that are beyond a bound with the worst count of each, the worst first."""
    most: dict[str, int] = {}
    for count, place in sorted(counts, reverse=True):
        if count > bound:
            most.setdefault(place, count)
    return tuple(f"{place} {count}" for place, count in most.items())


def bounds(root: Path = ROOT) -> list[Bound]:
    """All counts of a repository with their bounds."""
    every = modules(root, *COUNTED)
    lines = sum(len(module.lines) for module in every)
    notebooks = [module for module in every if module.path.startswith("notebooks/")]
    lib = [module for module in every if module.path.startswith("lib/")]
    vague = sorted(chain.from_iterable(map(pronouns, every)))
    return [
        Bound(f"lines of {', '.join(COUNTED)}", lines, 26_000),
        Bound("names that are pronouns", len(vague), 0, where=tuple(dict.fromkeys(vague))),
        *of_pages(cells(notebooks)),
        *of_lib(lib),
    ]


HELD = (
    "names that are pronouns",
    "functions and classes in notebooks",
    "lines of the longest cell",
    "mean lines of a cell",
    "code of pages that is visible, %",
    "pages of which less than 60 % is visible",
    "removed lines beside imports",
    "public names that two modules define",
    "names of files that occur twice",
    "lines of the longest file",
    "lines of the longest function",
)
"""Counts that are within their bounds, and stay there."""


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readability", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail beyond any bound")
    strict = parser.parse_args(arguments).strict
    counted = bounds(root)
    print(pd.DataFrame([bound.row for bound in counted]).to_string(index=False))
    beyond = [bound for bound in counted if not bound.ok]
    for bound in beyond:
        if bound.where:
            print("\n" + textwrap.fill(f"{bound.what}: {', '.join(bound.where)}", 100))
    return int(any(strict or bound.what in HELD for bound in beyond))


if __name__ == "__main__":
    sys.exit(main())
