"""How much of lib a reader passes through, from a call to its answer: files, and all their lines.

    python -m benchmarks.walks [--files]

A walk is followed by the interpreter: what it counts are the files in which a function
was called, and not those that were only imported.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib import ROOT
from lib.analyses.converged.claims import CLAIMS
from lib.book import claims
from lib.book.report import values
from lib.book.report.results import load_results, published_results
from lib.catalogue import declared_study
from lib.command_parser import CommandParser
from lib.metrics import svcca
from lib.study.job import Job
from lib.study.jobs import run_job

LIB = ROOT / "lib"


class Walk(NamedTuple):
    """What is done, and within how many files and lines it should stay."""

    take: Callable[[], object]
    most_files: int
    most_lines: int


def svcca_number() -> float:
    """One similarity, from two arrays."""
    random = np.random.default_rng(0)
    return svcca(random.normal(size=(100, 5)), random.normal(size=(100, 6)))


def page_number() -> pd.DataFrame:
    """The same on a page, from a published table."""
    study = load_results(published_results("converged"))
    return values.curves(study, "vgg16_bn_converged", "svcca")


def run() -> None:
    """A complete network is trained, pruned and compared, in a study of seconds."""
    with tempfile.TemporaryDirectory() as folder:
        study = declared_study("tiny", folder)
        for prune_seed in (None, 0):
            run_job(study, Job("vgg_svhn", 0, prune_seed), data=folder, device="cpu")


def claim() -> str:
    """A claim is decided and shown."""
    study = load_results(published_results("converged"))
    return claims.Claims("claim", claims.evaluate(study, CLAIMS[:1]))._repr_html_()


WALKS = {
    "one SVCCA number": Walk(svcca_number, 10, 1_500),
    "the same on a page": Walk(page_number, 10, 1_500),
    "a run": Walk(run, 14, 1_800),
    "a claim": Walk(claim, 8, 1_500),
}


def files_of(take: Callable[[], object], within: Path = LIB) -> list[Path]:
    """The files in which a function is called while something is done."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            entered.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        take()
    finally:
        sys.setprofile(None)
    return sorted(path for path in map(Path, entered) if path.is_relative_to(within))


def lines_of(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def main() -> None:
    parser = CommandParser("benchmarks.walks", __doc__)
    parser.add_argument("--files", action="store_true", help="name the files")
    names_files = parser.parse_args().files
    for name, walk in WALKS.items():
        files = files_of(walk.take)
        lines = sum(map(lines_of, files))
        bound = f"{walk.most_files} files, {walk.most_lines:,} lines"
        print(f"{name}: {len(files)} files, {lines:,} lines (at most {bound})")
        for file in files if names_files else ():
            print(f"    {file.relative_to(ROOT)} {lines_of(file)}")


if __name__ == "__main__":
    main()
