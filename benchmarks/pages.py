"""The tables of pages written in Markdown, made from what the benchmarks measured.

    python -m benchmarks.pages

It puts each between its markers, `<!-- name: benchmarks.pages -->` and `<!-- end of name -->`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from lib import ROOT
from lib.study import Study
from lib.study.costs import CPU, known_device
from lib.study.plan import duration, longest_chain, plan

from . import jobs
from .many_jobs import PHASES

FOLDER = ROOT / "benchmarks"


def put(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part between its markers.

    Raises:
        ValueError: the page lacks a marker.
    """
    for name, part in parts.items():
        begin, end = f"<!-- {name}: benchmarks.pages -->", f"<!-- end of {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page must have the lines {begin} and {end} once each")
        head, rest = page.split(begin)
        page = f"{head}{begin}\n{part}\n{end}{rest.split(end)[1]}"
    return page


def table(header: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A Markdown table; its first `words` columns are aligned to the left, the others right."""
    lines = [header, [*["---"] * words, *["---:"] * (len(header) - words)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float) -> str:
    """Two significant digits below 10, a whole number from there on."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def plan_table() -> str:
    """What `make plan PROFILE=paper` says, and the same for one core."""
    study, gpu = Study("paper", "nowhere"), known_device()
    found = plan(study, gpu).assign(core=plan(study, CPU).seconds)
    groups = found.groupby(["experiment", "category"], sort=False)
    rows = [
        [
            *key,
            f"{len(some)}",
            duration(some.seconds.iloc[0]),
            duration(some.seconds.sum()),
            duration(some.core.sum()),
            f"{some.disk.sum() / 1e6:,.0f}",
            f"{some.gpu_memory.max() / 1024:.1f}",
        ]
        for key, some in groups
    ]
    total = [duration(found.seconds.sum()), duration(found.core.sum())]
    rows.append(["all", "", f"{len(found)}", "", *total, f"{found.disk.sum() / 1e6:,.0f}", ""])
    by_job = found.set_index("job")
    chains = [longest_chain(study, by_job[column].to_dict()) for column in ("seconds", "core")]
    rows.append(["longest chain", "", "", "", *map(duration, chains), "", ""])
    header = ["Experiment", "What", "Jobs", f"Each, {gpu}", "In all", "In all, one core"]
    return table([*header, "Disk, MB", "GPU memory, GiB"], rows, words=2)


def estimates_table() -> str:
    """How close the estimates for the measured jobs are to what these took."""
    found = jobs.estimated(jobs.load())
    groups = {"all": found} | {f"one {name}": some for name, some in found.groupby("kind")}
    ratios = [some.estimate / some.seconds for some in groups.values()]
    rows = [
        ["Jobs", *(f"{len(some)}" for some in ratios)],
        ["Estimate / measured, median", *(f"{some.median():.2f}" for some in ratios)],
        [
            "its 5th and 95th percentile",
            *(f"{some.quantile(0.05):.2f} and {some.quantile(0.95):.2f}" for some in ratios),
        ],
        ["Outside of a factor of 2", *(f"{(~some.between(0.5, 2)).sum()}" for some in ratios)],
        ["Least and most", *(f"{some.min():.2f} and {some.max():.2f}" for some in ratios)],
        [
            "A scheduler would have been told too little",
            *(f"{(~some.enough).sum()}" for some in groups.values()),
        ],
    ]
    return table(["", *groups], rows)


def many_jobs_table() -> str:
    """What `benchmarks.many_jobs` measured."""
    found = pd.read_csv(FOLDER / "many_jobs.csv").set_index(["phase", "jobs"])
    sizes = sorted(found.index.unique("jobs"))
    rows = [
        [
            about,
            *(f"{number(found['processor seconds'][phase, size])} s" for size in sizes),
            f"{number(found.MiB[phase, sizes[-1]])} MiB",
        ]
        for phase, (about, _, _) in PHASES.items()
    ]
    return table(["", *(f"{size:,} jobs" for size in sizes), "Memory, of the last"], rows)


def rows_table() -> str:
    """What `benchmarks.store` measured."""
    found = pd.read_csv(FOLDER / "store.csv")

    def cell(one: pd.Series) -> str:
        if pd.isna(one["processor seconds"]):
            return "too little memory"
        seconds = f"{number(one['processor seconds'])} s"
        return seconds if pd.isna(one.MiB) else f"{seconds}, {number(one.MiB)} MiB"

    found["cell"] = found.apply(cell, axis=1)
    shown = found.pivot(index="what", columns="rows", values="cell").loc[found.what.unique()]
    disk = found[found.what == "write"].set_index("rows")["MB on disk"]
    rows = [[what, *cells] for what, cells in zip(shown.index, shown.to_numpy(), strict=True)]
    rows.append(["on the disk", *(f"{number(disk[size])} MB" for size in shown)])
    return table(["", *(f"{size:,} rows" for size in shown)], rows)


def comparisons_table() -> str:
    """What `benchmarks.compare_networks` measured."""
    columns = {
        "network": "Network",
        "read": "Images read",
        "images": "Images",
        "layers": "Layers",
        "sums MiB": "Sums, MiB",
        "outputs of a batch MiB": "Outputs of a batch, MiB",
        "outputs at once MiB": "Of all at once, MiB",
        "peak MiB": "Measured peak, MiB",
        "processor seconds": "Processor, s",
    }
    found = pd.read_csv(FOLDER / "compare_networks.csv")[[*columns]]
    found[[*columns][2:]] = found[[*columns][2:]].map(number)
    return table([*columns.values()], found.to_numpy().tolist(), words=2)


PAGES = {
    "run_it": {"plan": plan_table, "estimates": estimates_table},
    "cluster": {"many jobs": many_jobs_table, "rows": rows_table},
    "your_own": {"comparisons": comparisons_table},
}
"""page -> marker -> what makes the table between them."""


def written(page: str) -> tuple[Path, str]:
    """The file of a page, and its text with all of its tables."""
    path = ROOT / "book" / f"{page}.md"
    parts = {name: make() for name, make in PAGES[page].items()}
    return path, put(path.read_text(encoding="utf-8"), parts)


def main() -> int:
    for page in PAGES:
        path, text = written(page)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
