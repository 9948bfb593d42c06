"""Whether a job that is killed again and again ends with the tables of one that is left alone.

    python -m benchmarks.soak [--kills 20] [--profile tiny] [--experiment vgg_svhn] [--seed 0]

A complete network and a run of pruning are done once undisturbed. Then they are done again in a
folder of their own; each process gets SIGKILL at a random moment of the time that the whole job
took, and the job is started again until it ends. That is repeated in new folders until there are
enough kills. All columns but `seconds` must agree bit for bit, or the exit status is 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pandas as pd

from lib.study import Job, Study, run_job

PHASES = {
    "write_atomically": "writing a file",
    "save": "writing a file",
    "load": "loading",
    "run_epoch": "training",
    "evaluate": "evaluating",
    "rows": "comparing",
}
"""What a process is at by the innermost of these functions; "between" if it is in none."""
STACK_ENDS = (" in <module>\n", "  ...\n")


def work(profile: str, folder: Path, job: Job, stacks: Path, ready) -> None:
    """A child process: do the job, and write the stack to a file whenever asked by SIGUSR1."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    with stacks.open("w") as file:
        faulthandler.register(signal.SIGUSR1, file, all_threads=False)
        ready.send(True)
        run_job(Study(profile, folder), job, device="cpu")


def begun(folder: Path) -> bool:
    """Whether a job has a checkpoint."""
    return any(folder.glob("checkpoint*.pt"))


def phase(stack: str, folder: Path) -> str:
    """What a process was at, from its stack (innermost call first) and its job's folder."""
    calls = re.findall(r" in (\w+)$", stack, re.MULTILINE)
    here = next((PHASES[call] for call in calls if call in PHASES), "between")
    return here if begun(folder) else f"{here}, before the first checkpoint"


class Soak:
    """The jobs of an experiment, and processes that do them.

    Args:
        profile: its name.
        experiment: its name; its first seeds are taken.
        folder: for everything.
        seed: of the moments of the kills.

    Attributes:
        seconds: what each job takes undisturbed.
        kills: how many fell in each phase.
        resumed: how many processes found a checkpoint.
    """

    def __init__(self, profile: str, experiment: str, folder: Path, seed: int):
        study = Study(profile)
        declared = study.experiment(experiment)
        run = Job(experiment, declared.train_seeds[0], declared.prune_seeds[0])
        self.jobs = [*study.needs(run), run]
        self.profile = profile
        self.folder = folder
        self.draws = random.Random(seed)
        self.seconds: dict[Job, float] = {}
        self.kills: Counter[str] = Counter()
        self.resumed = 0
        self.context = multiprocessing.get_context("forkserver")
        # what a job imports late too, so that the kills fall into work and not into imports
        self.context.set_forkserver_preload(["lib.study", "torch._dynamo", "sklearn.datasets"])

    def reference(self) -> Study:
        """The study undisturbed; takes the time."""
        study = Study(self.profile, self.folder / "reference")
        for job in self.jobs:
            self.seconds[job] = self.attempt(study, job)
        return study

    def disturbed(self, number: int, enough: int) -> Study:
        """The study with kills, until there are enough of them; it is always finished."""
        study = Study(self.profile, self.folder / f"disturbed-{number}")
        for job in self.jobs:
            while not study.is_done(job):
                killing = self.kills.total() < enough
                delay = self.draws.uniform(0, self.seconds[job]) if killing else None
                self.attempt(study, job, delay)
        return study

    def attempt(self, study: Study, job: Job, delay: float | None = None) -> float:
        """Start a process for a job; kill it after so many seconds unless it ends before.

        Returns:
            The seconds that it had, start-up and imports apart.

        Raises:
            RuntimeError: it ends otherwise.
        """
        self.resumed += begun(study.job_folder(job))
        here, there = self.context.Pipe(duplex=False)
        stacks = self.folder / "stack.txt"
        given = (study.profile.name, study.folder, job, stacks, there)
        process = self.context.Process(target=work, args=given)
        process.start()
        there.close()
        here.recv()
        began = time.monotonic()
        process.join(delay)
        seconds = time.monotonic() - began
        if process.is_alive():
            self.kill(process, stacks, study.job_folder(job))
        elif process.exitcode:
            raise RuntimeError(f"{job} ended with exit code {process.exitcode}; see above")
        return seconds

    def kill(self, process, stacks: Path, folder: Path) -> None:
        """Kill a process, and count what it was at."""
        os.kill(process.pid, signal.SIGUSR1)
        deadline = time.monotonic() + 0.1
        while not stacks.read_text().endswith(STACK_ENDS) and time.monotonic() < deadline:
            time.sleep(0.0001)
        process.kill()
        process.join()
        if process.exitcode == -signal.SIGKILL:  # and not done in the meantime
            self.kills[phase(stacks.read_text(), folder)] += 1


def bits(column: pd.Series) -> pd.Series:
    """Floats as the integers of the same bits: NaN equals NaN, and 0 is not -0."""
    if column.dtype.kind != "f":
        return column
    return pd.Series(column.to_numpy().view(f"i{column.dtype.itemsize}"))


def differences(mine: pd.DataFrame, theirs: pd.DataFrame) -> list[str]:
    """The columns that are not the same bit for bit, `seconds` apart."""
    if list(mine) != list(theirs) or len(mine) != len(theirs):
        return ["shape or names of columns"]
    names = [name for name in mine if name != "seconds"]
    return [name for name in names if not bits(mine[name]).equals(bits(theirs[name]))]


def compare(reference: Study, other: Study, jobs: list[Job]) -> list[str]:
    """What differs between two studies, a line each."""
    found = []
    for job in jobs:
        for one in sorted(reference.job_folder(job).glob("*.parquet")):
            two = other.job_folder(job) / one.name
            columns = differences(pd.read_parquet(one), pd.read_parquet(two))
            found += [f"{two}: {column} differs from {one}" for column in columns]
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="at least so many in all")
    parser.add_argument("--profile", default="tiny")
    parser.add_argument("--experiment", default="vgg_svhn")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    soak = Soak(given.profile, given.experiment, folder, given.seed)
    reference = soak.reference()
    for job, seconds in soak.seconds.items():
        print(f"{job}: {seconds:.1f} s undisturbed", flush=True)
    found, studies = [], 0
    while soak.kills.total() < given.kills:
        studies += 1
        other = soak.disturbed(studies, given.kills)
        found += compare(reference, other, soak.jobs)
        print(f"study {studies}: {soak.kills.total()} kills so far", flush=True)
    print(
        f"{soak.kills.total()} kills in {studies} studies; "
        f"{soak.resumed} processes went on from a checkpoint"
    )
    for name, count in soak.kills.most_common():
        print(f"  {count:3} {name}")
    if found:
        print("\n".join(found), f"everything is in {folder}", sep="\n")
        return 1
    shutil.rmtree(folder)
    print("all tables are those of the undisturbed study, bit for bit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
