"""Execute a notebook source and keep the executed notebook, clean and reproducible.

Usage: python -m lib.book.execute SOURCE.py TARGET.ipynb [-p NAME=VALUE ...]
"""

import argparse
import ast
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import papermill
import psutil
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..atomic_files import locked, write_atomically
from ..did_you_mean import check
from ..integrity import PROVENANCE, load_parts, study_digest
from ..interruption import run_command_line
from ..repository import ROOT, published_results
from .filled import filled
from .pages import EXECUTED_ON, LEFT_OUT, Page, claims_of, digests, page_digest, read_by

PREPARED = "prepared.ipynb"
UNMEASURED = "NotMeasuredError"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

NEEDS = (
    "To execute this page, clone its repository, run `make install`, and choose the Python in "
    "`.venv` as the kernel."
)
"""The cell below the title, for readers who have only the executed notebook."""


class ExecutionError(ValueError):
    """A notebook failed; the message says which cell, why, and where its outputs are."""


def declared_parameters(notebook: Path) -> dict[str, Any]:
    """The names and default values, plain literals, in the cell tagged `parameters`, if any."""
    found = papermill.inspect_notebook(notebook)
    return {name: ast.literal_eval(parameter["default"]) for name, parameter in found.items()}


def read_parameters(given: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """{name: text} converted to the types of the known defaults: str, int, float or bool."""
    values = {}
    for name, text in given.items():
        check("parameter", name, known)
        kind = type(known[name])
        try:
            values[name] = {"True": True, "False": False}[text] if kind is bool else kind(text)
        except (KeyError, ValueError):
            raise ValueError(f"parameter {name} must be {kind.__name__}, got {text!r}") from None
    return values


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


def without_results(notebook: nbformat.NotebookNode, reason: str) -> nbformat.NotebookNode:
    """The title, the reason why there are no results, and the labels that other pages link to."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    labels = re.findall(r"^(?:\((\S+)\)=|:name: (\S+))$", prose, re.MULTILINE)
    names = [label or name for label, name in labels]  # of sections, of figures in the prose
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in notebook.cells]
    names += [figure["name"] for figure in figures if figure]
    labels = [f"({name})=" for name in names]
    lines = [prose.partition("\n")[0], *labels, "## Why this page is left out"]
    lines.append(f"{reason[0].upper()}{reason[1:]}.")
    cell = nbformat.v4.new_markdown_cell("\n\n".join(lines), id="cell-000")
    metadata = {"kernelspec": KERNEL, LEFT_OUT: reason}
    return nbformat.v4.new_notebook(cells=[cell], metadata=metadata)


def lacking(chapter: str, results: Path) -> str:
    """What the tables of a study lack of the experiments that are published; "" if nothing."""
    there = load_parts(results)
    published = sorted((ROOT / published_results(chapter)).glob(f"[!.]*/{PROVENANCE}"))
    names = [file.parent.name for file in published]
    names = [name for name in names if name not in there or there[name]["missing"]]
    if not names:
        return ""
    profile = next(iter(there.values()))["profile"]
    return (
        f"; the tables of {chapter} lack all or part of {', '.join(names)}, which `make study "
        f"PROFILE={profile} CHAPTER={chapter}` measures"
    )


@contextmanager
def kernel_folder() -> Iterator[Path]:
    """The folder of a kernel's sockets; after Ctrl-C the kernel is ended before it is removed.

    Folders of killed processes, which hold their locks no more, are removed.
    """

    def at_work(folder: Path) -> None:
        raise BlockingIOError(f"another process works in {folder}")

    for lock in Path("/tmp").glob("nb-*/lock"):
        if lock.with_name(PREPARED).exists():  # until then it may not be held yet
            with suppress(OSError), locked(lock, at_work):
                shutil.rmtree(lock.parent)
    # not in the folder of temporary files: its path may be too long for a socket
    with (
        tempfile.TemporaryDirectory(prefix="nb-", dir="/tmp") as folder,
        locked(Path(folder, "lock"), at_work),
    ):
        try:
            yield Path(folder)
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            raise


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, str],
    failed: Path | None = None,
    leave_out: str | None = None,
    **shown: Any,
) -> None:
    """Execute a jupytext percent source by papermill; `target` is written completely or not at all.

    Args:
        parameters: {name: text}.
        failed: where to leave what was executed if a cell fails; beside the target, as
            `*.failed.ipynb`, by default.
        leave_out: whether `target` has the title and the reason alone if tables are "unmeasured",
            which only a NotMeasuredError says, or whenever a cell "failed".
        shown: files for what the notebook prints, `stdout_file` and `stderr_file`.

    Raises:
        ValueError: a parameter that the notebook does not have, or of another type.
        ExecutionError: a cell failed.
    """
    notebook = jupytext.read(source)
    files = read_by(source, ROOT)
    if any("from lib" in cell.source for cell in notebook.cells):
        hidden = {"tags": ["remove-cell"]}
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(NEEDS, metadata=hidden))
    notebook.metadata["kernelspec"] = KERNEL
    failed = failed or target.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    # kernels read it before their environment's path file, which may name another `lib`
    others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p != str(ROOT)]
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, others)])
    # a dead kernel is reported as the reason; and after Ctrl-C asyncio reports each task that
    # waited for the kernel, with a traceback
    for name in ("papermill", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with kernel_folder() as scratch:
        prepared, executed = scratch / PREPARED, scratch / "executed.ipynb"
        nbformat.write(notebook, prepared)
        # papermill itself only warns about a parameter that the notebook does not have
        known = declared_parameters(prepared)
        values = read_parameters(parameters, known)
        folders = Page(source).folders
        studies = {chapter: ROOT / (known | values)[name] for chapter, name in folders.items()}
        tables = {known[name]: study_digest(studies[chapter]) for chapter, name in folders.items()}
        try:
            papermill.execute_notebook(
                prepared,
                executed,
                values,
                progress_bar=False,
                **shown,
                # on a busy machine, or from a cold disk, a minute can be too short
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
            if isinstance(error, DeadKernelError):
                raise ExecutionError(f"{source}: {error}\nits outputs: {failed}") from error
            message = " ".join(error.evalue.split())
            reason = f"cell {error.cell_index} failed with {error.ename}: {message}"
            reason += "".join(lacking(*study) for study in studies.items())
            unmeasured = error.ename == UNMEASURED
            if not (leave_out == "failed" or (leave_out and unmeasured)):
                raise ExecutionError(f"{source}: {reason}\nits outputs: {failed}") from error
            said = message if unmeasured else f"with these tables, {reason}"
            print(f"left out: {source}: {said}", file=sys.stderr)
            result = without_results(notebook, said)
        else:
            result = filled(cleaned(nbformat.read(executed, as_version=4)), ROOT)
    nbformat.validate(result)
    if target.resolve().parent == ROOT / "book":
        files |= digests(claims_of(target.resolve(), source), ROOT)
    result.metadata[EXECUTED_ON] = {"files": files, "tables": tables}
    result.metadata["sha256"] = page_digest(result)
    write_page(result, target)


def write_page(page: nbformat.NotebookNode, target: Path) -> None:
    """Write an executed notebook, completely or not at all.

    Two processes may write it at once: both end when the jobs that they wait for are done.
    """
    own = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write_atomically(own, lambda part: nbformat.write(page, part))
        os.replace(own, target)
    finally:
        own.unlink(missing_ok=True)


def name_and_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"needs NAME=VALUE, got {text!r}")
    return name, value


def command_line(program: str, about: str | None) -> argparse.ArgumentParser:
    """Of a program that executes a notebook, as papermill's: parameters by `-p`."""
    parser = argparse.ArgumentParser(program, description=about)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument(
        "-p",
        action="append",
        default=[],
        type=name_and_value,
        dest="parameters",
        metavar="NAME=VALUE",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = command_line("python -m lib.book.execute", __doc__)
    parser.add_argument("--show-output", action="store_true", help="print what the notebook prints")
    parser.add_argument(
        "--leave-out",
        choices=("unmeasured", "failed"),
        help="write a page of the reason alone if its tables lack something, or whenever it fails",
    )
    given = parser.parse_args(arguments)
    shown = {"stdout_file": sys.stdout, "stderr_file": sys.stderr} if given.show_output else {}
    parameters = dict(given.parameters)
    execute(given.source, given.target, parameters, leave_out=given.leave_out, **shown)
    return 0


if __name__ == "__main__":
    run_command_line(main)
