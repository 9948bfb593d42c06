"""What happens to a study when processes, files and disks fail? A small one is harmed on purpose.

    python -m benchmarks.torture [--cases N] [--seed N] [--out TABLE.csv]         (make torture)

The study is two ResNet_fast of the profile `tiny`, pruned once each and compared by one
metric, done without harm at first. Then, `--cases` times each: single bits are flipped;
files are cut short; files and folders are exchanged with those of another seed. After
each, all are looked at as at the start of `make study`. A third as often: processes
that work on it are killed at random moments; files reach a limit of size as on a full
disk; several processes do it and merge it at once. Each of these does the whole study
again, to its end.

A case ends in one of these ways:

- `same`: all tables and networks are those of the study without harm, bit for bit.
- `noticed`: the harm was named, and what was harmed is to be done again; or an error
  said what.
- `silent`: anything else. There must be none, or the exit status is 1.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pandas as pd

from lib.book.sealed_page import seal_page
from lib.catalogue import declared_study
from lib.command_parser import CommandParser
from lib.commands.collect import collect
from lib.commands.invalidate_damaged_jobs import mend
from lib.study.experiment import with_value
from lib.study.jobs import run_job
from lib.study.study import Study

PROFILE, EXPERIMENT = "tiny", "resnet_fast"
CHANGES = {"train_seeds": (0, 1), "metrics": ("svcca",), "precision": "float32"}
"""Two networks, of which one may stand in the place of the other; the rest saves time."""
VARIES = ("seconds", "memory", "revision")
SMALL = (2_000, 20_000, 60_000, 200_000)
"""Bytes that a file may have on the full disk."""
AT_ONCE = 3


def study_in(folder: Path) -> Study:
    study = declared_study(PROFILE, folder, [EXPERIMENT])
    for name, value in CHANGES.items():
        study.experiments[EXPERIMENT] = with_value(study.experiment(EXPERIMENT), name, value)
    return study


def finish(study: Study) -> None:
    """All jobs that are left, with their pages, and the tables."""
    list(mend(study))
    for job in study.jobs():
        run_job(study, job, device="cpu", wait=True)
        if not study.page(job).exists():
            page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(str(job))])
            seal_page(page, study.page(job))
    collect(study)


def content(study: Study) -> dict[str, str]:
    """A digest of all that the study found: its tables without times, and its networks."""
    digests = {}
    for path in sorted(study.folder.rglob("*")):
        name = path.relative_to(study.folder).as_posix()
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            left = table.drop(columns=[column for column in VARIES if column in table])
            digests[name] = hashlib.sha256(left.to_csv().encode()).hexdigest()
        elif path.suffix == ".pt":
            digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def begun(study: Study, limit: int | None = None) -> int:
    """A process that does what is left of the study, unseen; its exit status says if it failed.

    Args:
        limit: bytes that a file may have.
    """
    if process := os.fork():
        return process
    status = 1
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            if limit:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then it is an error, as on a disk
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            finish(study)
            status = 0
        except (OSError, ValueError, RuntimeError):
            status = 3  # an error that a reader is shown
        finally:
            os._exit(status)


def ended(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


class Torture:
    """One study without harm, copies of which are harmed.

    Args:
        folder: where to work.
        cases: of each harm to files; of those to processes, a third.
        seed: of the places and moments.
    """

    def __init__(self, folder: Path, cases: int, seed: int) -> None:
        self.folder, self.cases, self.random = folder, cases, random.Random(seed)
        self.processes = math.ceil(cases / 3)
        self.whole = study_in(folder / "whole")
        began = time.monotonic()
        finish(self.whole)
        self.took = time.monotonic() - began
        self.expected = content(self.whole)

    def copied(self) -> Study:
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.whole.folder, copy)
        return study_in(copy)

    def empty(self) -> Study:
        shutil.rmtree(self.folder / "copy", ignore_errors=True)
        return study_in(self.folder / "copy")

    def outcome(self, study: Study, *statuses: int) -> str:
        """After processes that should have done the study to its end."""
        whole = not any(statuses) and content(study) == self.expected
        return "same" if whole else "silent"

    def killed(self) -> Iterator[str]:
        """A process is killed at a random moment, and the study done to its end by the next."""
        for _ in range(self.processes):
            study = self.empty()
            process = begun(study)
            time.sleep(self.random.uniform(0, self.took))
            os.kill(process, signal.SIGKILL)
            ended(process)
            yield self.outcome(study, ended(begun(study)))

    def full(self) -> Iterator[str]:
        """Files reach a limit; there is an error, and room again for the next process."""
        for case in range(self.processes):
            study = self.empty()
            ended(begun(study, SMALL[case % len(SMALL)]))
            yield self.outcome(study, ended(begun(study)))

    def at_once(self) -> Iterator[str]:
        """Several processes do the same study, and merge it."""
        for _ in range(self.processes):
            study = self.empty()
            processes = [begun(study) for _ in range(AT_ONCE)]
            yield self.outcome(study, *map(ended, processes))

    def harmed(self, harm: Callable[[Path], bool]) -> Iterator[str]:
        """A file is harmed, and looked at; what changed in no way that is read is as it was."""
        study = self.copied()
        files = sorted(path for path in study.folder.rglob("*") if self._is_kept(path))
        for _ in range(self.cases):
            path = self.random.choice(files)
            before = path.read_bytes()
            if not harm(path):
                yield "same"
            else:
                yield self._looked_at(study, path, before)
            study = self.copied()

    def _is_kept(self, path: Path) -> bool:
        return path.suffix in (".pt", ".parquet", ".json", ".ipynb") and path.is_file()

    def _looked_at(self, study: Study, path: Path, before: bytes) -> str:
        read = path.read_bytes()
        try:
            if list(mend(study)) or not path.exists():
                return "noticed"
        except ValueError:
            return "noticed"
        if path.suffix in (".json", ".ipynb") and json.loads(read) == json.loads(before):
            return "same"
        return "silent"

    def flipped(self) -> Iterator[str]:
        """A single bit of a file, anywhere."""

        def flip(path: Path) -> bool:
            data = bytearray(path.read_bytes())
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
            path.write_bytes(data)
            return True

        return self.harmed(flip)

    def truncated(self) -> Iterator[str]:
        """The end of a file is missing, or all of it."""

        def cut(path: Path) -> bool:
            path.write_bytes(path.read_bytes()[: self.random.randrange(path.stat().st_size)])
            return True

        return self.harmed(cut)

    def exchanged(self) -> Iterator[str]:
        """A file of a job is that of another seed or iteration."""

        def exchange(path: Path) -> bool:
            same = sorted(self.whole.folder.rglob(f"*{path.suffix}"))
            source = self.random.choice(same)
            changed = source.read_bytes() != path.read_bytes()
            shutil.copyfile(source, path)
            return changed

        return self.harmed(exchange)

    def folders(self) -> Iterator[str]:
        """The folder of a job is that of another one of the same kind."""
        jobs = list(self.whole.jobs())
        pairs = [(a, b) for a in jobs for b in jobs if a != b and a.kind == b.kind]
        for _ in range(self.cases if pairs else 0):
            study, (job, source) = self.copied(), self.random.choice(pairs)
            shutil.rmtree(study.job_folder(job))
            shutil.copytree(study.job_folder(source), study.job_folder(job))
            yield "noticed" if list(mend(study)) and not study.is_done(job) else "silent"


KINDS = {
    "a bit is flipped": Torture.flipped,
    "a file is cut short": Torture.truncated,
    "a file is another one": Torture.exchanged,
    "a job's folder is another seed's": Torture.folders,
    "a process is killed": Torture.killed,
    "the disk is full": Torture.full,
    f"{AT_ONCE} processes at once": Torture.at_once,
}


def measure(folder: Path, cases: int, seed: int) -> Iterator[dict]:
    """A row for each kind of harm: how many cases, and how they ended."""
    torture = Torture(folder, cases, seed)
    for kind, harm in KINDS.items():
        ends = Counter(harm(torture))
        counts = {end: ends[end] for end in ("same", "noticed", "silent")}
        yield {"harm": kind, "cases": ends.total(), **counts}


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("benchmarks.torture", __doc__)
    parser.add_argument("--cases", type=int, default=12, help="of each harm to files")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="write the table as well")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="torture-") as folder:
        rows = []
        for row in measure(Path(folder), given.cases, given.seed):
            rows.append(row)
            print(row, flush=True)
            if given.out:
                pd.DataFrame(rows).to_csv(given.out, index=False)
    return 1 if any(row["silent"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
