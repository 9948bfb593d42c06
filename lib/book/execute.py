"""Execute a notebook source and keep the executed notebook, clean and reproducible.

Usage: python -m lib.book.execute SOURCE.py TARGET.ipynb [-p NAME=VALUE ...]
"""

import argparse
import ast
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import indent
from typing import Any

import jupytext
import nbformat
import papermill
import psutil
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from .. import ROOT
from ..atomic_files import write_atomically
from ..did_you_mean import check
from ..integrity import digest, load_parts, study_digest
from ..interruption import run_command_line
from .pages import EXECUTED_ON, Page, claims_of, read_by

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

LONGEST = 103
"""Bytes in the path of a socket, on macOS; a few more on Linux."""


NEEDS = (
    "To execute this page, clone the repository that it comes from, run `make install` there, and "
    "choose the Python in its folder `.venv` as the kernel."
)
"""The cell below the title, for readers who have only the executed notebook."""


class ExecutionError(ValueError):
    """A notebook failed; the message says which cell, why, and where its outputs are."""


def declared_parameters(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """The names and default values, plain literals, in the cell tagged `parameters`, if any."""
    tagged = (c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    statements = (statement for source in tagged for statement in ast.parse(source).body)
    return {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in statements
        if isinstance(statement, ast.Assign)
    }


def read_parameters(given: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """{name: text} converted to the types of the known defaults."""
    values = {}
    for name, text in given.items():
        check("parameter", name, known)
        default, value = known[name], None
        with suppress(ValueError, SyntaxError):
            value = text if isinstance(default, str) else ast.literal_eval(text)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            kind = type(default).__name__
            raise ValueError(f"parameter {name} must be {kind}, such as {default!r}; got {text!r}")
        values[name] = value
    return values


def check_chapters(folders: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Raise a ValueError if a page would read tables of another chapter than it shows.

    Args:
        folders: {chapter: the parameter that is its folder}, of the page.
        given: {parameter: the folder}.
    """
    for chapter, name in folders.items():
        found = {part.get("chapter", "") for part in load_parts(ROOT / given[name]).values()}
        if found - {chapter}:
            reads = " and ".join(f"{of} ({parameter}=)" for of, parameter in folders.items())
            raise ValueError(
                f"{name}={given[name]} has results of {found.pop() or 'no chapter'}, and this page "
                f"reads those of {reads}"
            )


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove what differs between executions: times, versions, paths, random ids, standard error.

    Cells of parameters get the tag `remove-cell`: readers of the book have no use for them.
    """
    language = {k: v for k, v in notebook.metadata.language_info.items() if k != "version"}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": language})
    for i, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", []))
        if tags & {"parameters", "injected-parameters"}:
            cell.metadata.tags = sorted(tags | {"remove-cell"})
        cell.id = f"cell-{i:03d}"
        kept = {k: v for k, v in cell.metadata.items() if k in ("tags", "mystnb", "name") and v}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    return notebook


@contextmanager
def kernel_folder() -> Iterator[Path]:
    """The folder of a kernel's sockets; a kernel left after Ctrl-C is ended before it is removed.

    A kernel whose sockets are gone would print a traceback. If the path of temporary files is too
    long for a socket, as on some clusters, the folder is in `/tmp`.
    """
    longest = os.path.join(tempfile.gettempdir(), "nb-12345678", "kernel-5")
    place = "/tmp" if len(os.fsencode(longest)) > LONGEST else None
    with tempfile.TemporaryDirectory(prefix="nb-", dir=place) as folder:
        try:
            yield Path(folder)
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            raise


@contextmanager
def own_lib_first() -> Iterator[None]:
    """Put this `lib` on PYTHONPATH, which kernels read before their environment's path file."""
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), before] if before else [str(ROOT)])
    try:
        yield
    finally:
        os.environ["PYTHONPATH"] = before


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, str],
    failed: Path | None = None,
    **shown: Any,
) -> None:
    """Execute a jupytext percent source by papermill; `target` is written completely or not at all.

    Args:
        parameters: {name: text}.
        failed: where to leave what was executed if a cell fails; beside the target, as
            `*.failed.ipynb`, by default.
        shown: files for what the notebook prints, `stdout_file` and `stderr_file`.

    Raises:
        ValueError: a parameter that the notebook does not have, or of another type.
        ExecutionError: a cell failed.
    """
    notebook = jupytext.read(source)
    # papermill itself only warns about a parameter that the notebook does not have
    known = declared_parameters(notebook)
    values = read_parameters(parameters, known)
    folders = Page(target.stem, source).folders
    check_chapters(folders, known | values)
    tables = {known[name]: study_digest(ROOT / (known | values)[name]) for name in folders.values()}
    on = {"page": target.stem, "files": read_by(source, ROOT), "tables": tables}
    if any("from lib" in cell.source for cell in notebook.cells):
        hidden = {"tags": ["remove-cell"]}
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(NEEDS, metadata=hidden))
    notebook.metadata["kernelspec"] = KERNEL
    failed = failed or target.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with kernel_folder() as scratch, own_lib_first():
        prepared, executed = scratch / "prepared.ipynb", scratch / "executed.ipynb"
        nbformat.write(notebook, prepared)
        try:
            papermill.execute_notebook(
                prepared,
                executed,
                values,
                progress_bar=False,
                **shown,
                # beside other work, or from a cold disk, a minute can be too short
                start_timeout=1200,
                # a kernel that is asked to stop in the middle of a cell prints tracebacks
                shutdown_kernel="immediate",
                # the number of chunks of printed text varies with the load of the machine
                coalesce_streams=True,
                # the kernel listens to files, not to open ports; files of a folder of its own,
                # since their names are the same for every kernel
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{scratch}/kernel"}}),
            )
        except (PapermillExecutionError, DeadKernelError) as error:
            if executed.exists():
                failed.parent.mkdir(parents=True, exist_ok=True)
                failed.write_bytes(executed.read_bytes())
            reason = str(error).partition("\n")[0]
            if isinstance(error, PapermillExecutionError):
                message = " ".join(error.evalue.split())
                reason = f"cell {error.cell_index} failed with {error.ename}: {message}"
            raise ExecutionError(f"{source}: {reason}\nits outputs: {failed}") from error
        result = cleaned(nbformat.read(executed, as_version=4))
    nbformat.validate(result)
    if target.resolve().parent == ROOT / "book" and (claims := claims_of(target)).exists():
        on["files"][os.path.relpath(claims, ROOT)] = digest(claims)
    result.metadata[EXECUTED_ON] = on
    write_atomically(target, lambda part: nbformat.write(result, part))


class _Terminal:
    """Standard error, as a file for papermill, with a label before every line."""

    def __init__(self, label: str):
        self.label = label

    def write(self, text: str) -> None:
        print(indent(text.rstrip(), self.label, lambda line: True), file=sys.stderr, flush=True)

    def flush(self) -> None:
        """Does nothing: output is not buffered."""


def run(
    source: Path,
    target: Path,
    pairs: Sequence[str],
    shown: Sequence[str] = (),
    label: str = "",
    failed: Path | None = None,
) -> int:
    """`execute` as a command: errors are printed, and the exit status is returned.

    Args:
        pairs: the parameters, `NAME=VALUE` each.
        shown: of what the notebook prints, "stdout" and "stderr", with a label on every line.
        failed: as for `execute`.
    """
    terminal = _Terminal(label)
    # a dead kernel is told as the reason; and after Ctrl-C asyncio reports each task that waited
    # for the kernel, with a traceback
    for name in ("papermill", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        for pair in pairs:
            if "=" not in pair:
                raise ValueError(f"-p needs NAME=VALUE, got {pair!r}")
        parameters = dict(pair.split("=", 1) for pair in pairs)
        files = {f"{stream}_file": terminal for stream in shown}
        execute(source, target, parameters, failed, **files)
    except (OSError, ValueError) as error:
        terminal.write(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.write("stopped; give the same command again")
        return 130
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.execute", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("-p", action="append", default=[], metavar="NAME=VALUE", dest="parameters")
    parser.add_argument("--show-output", action="store_true", help="print what the notebook prints")
    parser.add_argument("--label", default="", help="put before every line on the terminal")
    given = parser.parse_args(arguments)
    shown = ("stdout", "stderr") if given.show_output else ()
    return run(given.source, given.target, given.parameters, shown, given.label)


if __name__ == "__main__":
    run_command_line(main)
