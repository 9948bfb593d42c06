"""Run a study with Snakemake, or report its progress: `make study`, `book`, `plan`, `publish`.

Snakemake and its jobs are a group of processes that alone works in the folder of the study.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..atomic_files import locked
from ..book.pages import notebook_pages
from ..integrity import load_sealed
from ..interruption import STOPPED, run_command_line
from ..repository import ROOT, published_results
from ..study.study import Study
from . import plan
from .collect import collect, destination, result_files
from .settings import command_line, given_settings, study_of


def words(target: str, given: argparse.Namespace) -> list[str]:
    """The arguments of Snakemake for a study."""
    # a value is read as YAML, of which JSON is a part; quotes at its ends are stripped before
    config = [f"{name}= {json.dumps(value)} " for name, value in given_settings(given).items()]
    if given.engine != "local":
        where = ["--workflow-profile", f"profiles/{given.engine}"]
    else:
        where = ["--cores", given.cores]
        if given.gpus:
            where += ["--resources", f"gpu={given.gpus * given.jobs_per_gpu}"]
    return [target, *where, "--config", *config]


def understood(arguments: list[str] | None = None) -> tuple[argparse.Namespace, Study]:
    """The settings and their study, unless they contradict each other."""
    parser = command_line()
    parser.add_argument("target", choices=["study", "book", "plan", "publish"])
    given = parser.parse_args(arguments)
    study = study_of(given)
    if given.engine != "local" and (given.cores != "all" or given.gpus):
        profile = f"profiles/{given.engine}/config.yaml"
        parser.error(f"--cores and --gpus are for one machine: on a cluster, edit {profile}")
    if given.gpus and given.on == "CPU":
        parser.error("--gpus asks for GPUs, and --on CPU for none: leave one of them out")
    if given.partial == "1" and given.target not in ("study", "book"):
        parser.error("--partial shows existing results: use it with `make study` or `make book`")
    if given.target == "book" and given.partial != "1":
        check_pages(study)
    return given, study


def check_pages(study: Study) -> None:
    """Say which pages will be left out, since the study has no such table.

    Raises:
        ValueError: not all experiments were chosen.
    """
    if absent := [name for name in study.declared if name not in study.experiments]:
        raise ValueError(
            f"the pages need all experiments, and {len(absent)} of {len(study.declared)} have no "
            f"run, such as {absent[0]}: use `make study`, which makes only the tables"
        )
    there = {Path(file).stem for file in result_files(study.jobs())}
    for page in notebook_pages(ROOT, study.chapter):
        if lacking := page.reads(study.chapter) - there:
            tables = ", ".join(sorted(lacking))
            print(
                f"left out: {page.name}: the profile {study.profile.name} has no {tables} of "
                f"{study.chapter}",
                file=sys.stderr,
            )


def may_write(folder: Path) -> bool:
    """Whether files can be written in a folder, which may not exist yet."""
    # unlike `Path.exists`, it raises nothing where a folder may not be entered
    existing = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def run(arguments: Sequence[str], *held: int) -> int:
    """Run Snakemake, which keeps the files `held` open; returns its exit status."""
    own = Path(".snakemake").absolute()
    if not may_write(own):  # it would give a traceback
        raise PermissionError(f"Snakemake may not write in {own}: work in a copy of {own.parent}")
    environ = dict(os.environ)
    cache = Path(environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    # without a home, the path still begins with `~`, and Snakemake would make a folder of that name
    if not (cache.is_absolute() and may_write(cache / "snakemake")):
        environ["XDG_CACHE_HOME"] = str(own / "cache")
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments],
        stdin=subprocess.DEVNULL,
        pass_fds=held,
        process_group=0,
        env=environ,
        # what a script starts in the background ignores Ctrl-C, and so would Snakemake
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        return process.wait()
    except KeyboardInterrupt:  # SIGTERM to Snakemake would let its jobs come to their end
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        return STOPPED


def refuse(folder: Path) -> None:
    raise ValueError(f"another `make` works in {folder}: wait until it ends")


def work(given: argparse.Namespace, study: Study, lock: int) -> int:
    """Run a study up to the target; returns the exit status.

    Args:
        lock: the file that Snakemake holds as long as it works.
    """
    partial = given.partial == "1"
    results = destination(study, partial)
    if partial:
        collect(study, partial=True)
    if not partial or given.target == "book":
        status = run(words("book" if given.target == "book" else "study", given), lock)
        if status:
            print("not finished: the same command resumes from here", file=sys.stderr)
            return status
    if given.target == "publish":
        from .publish import publish  # takes long

        publish(results, experiments=study.experiments)
        print(f"Published: {ROOT / published_results(study.chapter)}, and the pages that show it")
    elif given.target == "book":
        print(f"The book: file://{results.with_name('pages')}/_build/html/index.html")
    else:
        load_sealed(results)  # Snakemake sees no table that was damaged since
        print(f"The tables: {results}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    given, study = understood(arguments)
    if given.target == "plan":
        has_gpu = given.engine != "local" or shutil.which("nvidia-smi") is not None
        for name in given.experiments.split():
            print(plan.resolved(study, name), end="\n\n")
        print(plan.text(study, has_gpu and given.on == "GPU"))
        return 0
    # what is there can be shown while a study is at work
    folder = destination(study, partial=True).parent if given.partial == "1" else study.folder
    with locked(folder / ".make.lock", refuse) as lock:
        return work(given, study, lock)


if __name__ == "__main__":
    run_command_line(main)
