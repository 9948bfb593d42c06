"""The tables of the page on large studies, from what the other benchmarks measured.

    python -m benchmarks.large_studies [--page book/large_studies.md]

The plan and the quality of the estimates are computed here, from `jobs.csv` and `unit_costs.csv`
(`benchmarks.jobs`); the others are those of `benchmarks.many_jobs` and `benchmarks.store`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from lib import ROOT
from lib.study import Study
from lib.study.costs import CPU, Costs, device_kind, known_gpu, resources
from lib.study.plan import duration, plan

from . import jobs
from .many_jobs import PHASES
from .many_jobs import TIME as PROCESSOR
from .pages import number, put, table

PAGE = ROOT / "book" / "large_studies.md"
BY = "benchmarks.large_studies"
FACTOR = 2.0
"""An estimate is called good that is wrong by no more."""

DOES = {
    "jobs": "list all jobs, their folders, what they need",
    "plan": "`make plan`",
    "status": "`make status`, about half of the jobs done",
    "collect": "merge the tables of all jobs",
    "dry run": "Snakemake's graph, as a dry run",
}


def markdown() -> dict[str, str]:
    """Name -> the Markdown between its markers."""
    folder = jobs.JOBS.parent
    return {
        "plan": _plan(Study("paper", "nowhere")),
        "estimates": _estimates(compared(jobs.load())),
        "many jobs": _many_jobs(pd.read_csv(folder / "many_jobs.csv")),
        "rows": _rows(pd.read_csv(folder / "store.csv")),
    }


def compared(measured: pd.DataFrame) -> pd.DataFrame:
    """The measured jobs with `estimate` in seconds, its `ratio`, and whether they got `enough`."""
    costs: dict[tuple[str, str], Costs] = {}
    rows = []
    devices = measured.device.map(device_kind)
    for (study, job, there), device in zip(jobs.jobs_of(measured), devices, strict=True):
        one = costs.setdefault((study.profile.name, device), Costs(study, device))
        asked = resources(study, job, device)
        estimate = one.estimate(job, there)
        rows.append((device, estimate.seconds, estimate.disk, asked["runtime"], asked["mem_mb"]))
    columns = ["kind of device", "estimate", "disk", "minutes", "MB"]
    found = pd.concat([measured, pd.DataFrame(rows, measured.index, columns)], axis=1)
    memory = found.memory.fillna(0) * 2**20 / 1e6
    enough = (found.seconds < 60 * found.minutes) & (memory < found.MB)
    return found.assign(ratio=found.estimate / found.seconds, enough=enough)


def _plan(study: Study) -> str:
    gpu, core = plan(study, known_gpu()), plan(study, CPU)
    rows = [
        [
            row.experiment,
            row.what,
            f"{row.jobs}",
            duration(row.each),
            duration(row.seconds),
            duration(slow),
            f"{row.disk / 1e6:,.0f}",
        ]
        for row, slow in zip(gpu.table.itertuples(), core.table.seconds, strict=True)
    ]
    disk = f"{gpu.table.disk.sum() / 1e6:,.0f}"
    rows.append(["all", "", f"{gpu.jobs}", "", duration(gpu.seconds), duration(core.seconds), disk])
    chain = ["longest chain", "", "", "", duration(gpu.chain), duration(core.chain), ""]
    header = ("Experiment", "What", "Jobs", f"Each, {gpu.device}", "In all", "In all, one core")
    return table((*header, "Disk, MB"), [*rows, chain], words=2)


def _estimates(found: pd.DataFrame) -> str:
    far = ~found.ratio.between(1 / FACTOR, FACTOR)
    groups = {"all": found} | dict(list(found.groupby("kind of device")))
    lines = {
        "Jobs": lambda t: f"{len(t)}",
        "Estimate / measured, median": lambda t: f"{t.ratio.median():.2f}",
        "its 5th and 95th percentile": lambda t: " and ".join(
            f"{t.ratio.quantile(q):.2f}" for q in (0.05, 0.95)
        ),
        f"Outside of a factor of {FACTOR:g}": lambda t: f"{far[t.index].sum()}",
        "Least and most": lambda t: f"{t.ratio.min():.2f} and {t.ratio.max():.2f}",
        "A scheduler would have been told too little": lambda t: f"{(~t.enough).sum()}",
    }
    rows = [[about, *map(say, groups.values())] for about, say in lines.items()]
    return table(["", *(name if name == "all" else f"one {name}" for name in groups)], rows)


def _many_jobs(found: pd.DataFrame) -> str:
    sizes = sorted(found.jobs.unique())
    rows = []
    for phase in PHASES:
        mine = found[found.phase == phase].set_index("jobs")
        seconds = [f"{number(mine[PROCESSOR][size])} s" for size in sizes]
        rows.append([DOES[phase], *seconds, f"{number(mine.MiB[sizes[-1]])} MiB"])
    return table(["", *(f"{size:,} jobs" for size in sizes), "Memory, of the last"], rows)


def _rows(found: pd.DataFrame) -> str:
    sizes = sorted(found.rows.unique())
    rows = []
    for what in found.what.unique():
        cells = []
        for size in sizes:
            one = found[(found.what == what) & (found.rows == size)].iloc[0]
            if pd.isna(one[PROCESSOR]):
                cells.append("too little memory")
            elif pd.isna(one.MiB):
                cells.append(f"{number(one[PROCESSOR])} s")
            else:
                cells.append(f"{number(one[PROCESSOR])} s, {number(one.MiB)} MiB")
        rows.append([what, *cells])
    disk = found[found.what == "write"].set_index("rows")["MB on disk"]
    rows.append(["on the disk", *(f"{number(disk[size])} MB" for size in sizes)])
    return table(["", *(f"{size:,} rows" for size in sizes)], rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m {BY}", description=__doc__)
    parser.add_argument("--page", type=Path, help="a page that gets them between its markers")
    given = parser.parse_args(arguments)
    parts = markdown()
    print("\n\n".join(parts.values()))
    if given.page:
        page = put(given.page.read_text(encoding="utf-8"), parts, BY)
        given.page.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
