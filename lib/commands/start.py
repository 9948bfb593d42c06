"""Run a study with Snakemake, or report its progress: `make study`, `book`, `plan`, `publish`.

Snakemake runs in this process, alone in the folder of the study, and receives Ctrl-C
itself.
"""

import argparse
import json
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from tempfile import TemporaryFile
from threading import Thread

import psutil
from snakemake.cli import main as snakemake

from .. import ROOT
from ..atomic_files import locked
from ..book.pages import notebook_pages
from ..catalogue import CATALOGUE, PROFILES, declared_study
from ..integrity import published_results
from ..interruption import run_command_line
from ..study.shared_gpu import jobs_that_fit, shared_gpu
from ..study.study import Study
from . import plan
from .collect import FinishedJobs, collect, destination

TARGETS = ("study", "book", "plan", "publish")
ENGINES = sorted({path.name for path in ROOT.glob("profiles/*")} - {"default"})


def at_least(least: int, text: str) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be an integer of at least {least}, got {text!r}")
    return int(text)


def some_or_all(text: str) -> str:
    return text if text == "all" else str(at_least(1, text))


def command_line() -> argparse.ArgumentParser:
    usage = "make {study,book,plan,publish} [NAME=value ...], see `make help`"
    parser = argparse.ArgumentParser("make", usage, __doc__, allow_abbrev=False)
    positive = partial(at_least, 1)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--profile", default="smoke", choices=PROFILES)
    parser.add_argument("--chapter", default="converged", choices=CATALOGUE.chapters)
    parser.add_argument("--experiments", default=[], type=str.split, help="run only these")
    parser.add_argument("--folder", help="of the study; _build/PROFILE by default")
    parser.add_argument("--data", default="datasets", help="the folder of images")
    parser.add_argument("--partial", default="0", choices=["0", "1"], help="1: start no job")
    parser.add_argument(
        "--cores", default="all", type=some_or_all, help="cores of this machine to use"
    )
    parser.add_argument("--threads", default=1, type=positive, help="threads of each job")
    parser.add_argument("--gpus", default=0, type=partial(at_least, 0), help="GPUs to use")
    parser.add_argument(
        "--jobs_per_gpu", type=positive, help="jobs that share a GPU; by default as many as fit"
    )
    parser.add_argument("--engine", default="local", choices=["local", *ENGINES])
    parser.add_argument("--on", default="GPU", choices=["GPU", "CPU"], help="device of the jobs")
    return parser


def words(target: str, given: argparse.Namespace) -> list[str]:
    """The arguments of Snakemake for a study."""
    names = ("profile", "chapter", "folder", "data", "threads", "gpus", "on")
    config = {name: getattr(given, name) for name in names}
    config |= {"experiments": " ".join(given.experiments), "partial": int(given.partial)}
    # a value is read as YAML, of which JSON is a part; quotes at its ends are stripped before
    given_values = [f"{name}= {json.dumps(value)} " for name, value in config.items() if value]
    if given.engine == "local":
        where = ["--cores", given.cores]
        if given.gpus:
            where += ["--resources", f"gpu={given.gpus * (given.jobs_per_gpu or jobs_that_fit())}"]
    else:
        where = ["--workflow-profile", f"profiles/{given.engine}"]
    return [target, *where, "--config", *given_values]


def check(parser: argparse.ArgumentParser, given: argparse.Namespace, study: Study) -> None:
    """Refuse options that contradict each other, or that the study cannot follow."""
    if given.engine != "local" and (given.cores != "all" or given.gpus):
        profile = f"profiles/{given.engine}/config.yaml"
        parser.error(f"--cores and --gpus are for one machine: on a cluster, edit {profile}")
    if given.gpus and given.on == "CPU":
        parser.error("--gpus asks for GPUs, and --on CPU for none: leave one of them out")
    if given.jobs_per_gpu and not given.gpus:
        parser.error("--jobs_per_gpu needs --gpus, the number of GPUs that jobs share")
    if given.partial == "1" and given.target not in ("study", "book"):
        parser.error("--partial shows existing results: use it with `make study` or `make book`")
    if set("{}") & set(str(study.folder)):
        parser.error(f"{study.folder} has braces, which Snakemake interprets: move the folder")
    if given.target == "book":
        if not notebook_pages(ROOT, study.chapter):
            parser.error("no page shows this chapter: use `make study`, which makes its tables")
        there = {job.experiment for job in study.jobs() if job.is_run}
        if given.partial == "1":
            there = FinishedJobs(study, partial=True).experiments
        if absent := [name for name in study.declared if name not in there]:
            count = f"{len(absent)} of {len(study.declared)}"
            parser.error(
                f"the pages need all experiments, and {count} have no run, "
                f"such as {absent[0]}: use `make study`, which makes only the tables"
            )


@contextmanager
def jobs_stop_with_it() -> Iterator[None]:
    """SIGTERM to this process reaches its jobs as well, for which Snakemake would wait.

    They get SIGTERM, not Ctrl-C, which processes in the background of a script ignore. Snakemake
    sets a handler of its own for that signal; Python tells us of the signal all the same.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def tell_all() -> None:
        while number := reader.recv(1):
            if number[0] == signal.SIGTERM:
                for process in psutil.Process().children(recursive=True):
                    # those of this group: a kernel is ended by the job that started it
                    with suppress(ProcessLookupError, psutil.NoSuchProcess):
                        if os.getpgid(process.pid) == os.getpgrp():
                            process.terminate()

    with reader, writer:
        Thread(target=tell_all, daemon=True).start()
        signal.set_wakeup_fd(writer.fileno())
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)


def run(arguments: list[str]) -> int:
    """Run Snakemake here; returns its exit status."""
    logging.raiseExceptions = False  # where its log finds no space it says so by itself
    own = ROOT / ".snakemake"
    own.mkdir(exist_ok=True)
    with TemporaryFile(dir=own):  # or says in one line why it cannot work there
        pass
    try:
        with jobs_stop_with_it():
            snakemake(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def work(target: str, given: argparse.Namespace, study: Study) -> int:
    """Run a study up to the target; returns the exit status."""
    partly = given.partial == "1"
    results = destination(study, partly)
    if given.engine == "local":
        logging.disable(logging.INFO)  # the jobs say how far they are, Snakemake what is wrong
    folder = results.parent if partly else study.folder
    with locked(folder / ".make.lock", partial(print, file=sys.stderr)), shared_gpu():
        if partly:
            collect(study, partial=True)
        done = partly and target != "book"
        failed = 0 if done else run(words("book" if target == "book" else "study", given))
    if failed:
        print("not finished: the same command resumes from here", file=sys.stderr)
    elif target == "publish":
        from .publish import publish  # takes long

        publish(results)
        print(f"Published: {ROOT / published_results(study.chapter)}, and the pages that show it")
    elif target == "book":
        print(f"The book: file://{results.with_name('pages')}/_build/html/index.html")
    else:
        print(f"The tables: {results}")
    return failed


def main(arguments: list[str] | None = None) -> int:
    parser = command_line()
    given = parser.parse_args(arguments)
    study = declared_study(given.profile, given.folder, given.experiments or None, given.chapter)
    check(parser, given, study)
    if given.target != "plan":
        return work(given.target, given, study)
    has_gpu = given.engine != "local" or shutil.which("nvidia-smi") is not None
    for name in given.experiments:
        print(plan.resolved(study, name), end="\n\n")
    print(plan.text(study, has_gpu and given.on == "GPU"), flush=True)
    with redirect_stdout(sys.stderr):  # where Snakemake says all else
        return run([*words("study", given), "--dry-run", "--quiet", "rules", "host", "reason"])


if __name__ == "__main__":
    run_command_line(main)
