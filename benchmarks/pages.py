"""The tables of pages written in Markdown, made from what the benchmarks measured.

    python -m benchmarks.pages

It puts each between its markers, `<!-- name: benchmarks.pages -->` and
`<!-- end of name -->`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from lib import ROOT
from lib.analyses.converged.studied_networks import ANALYSED_NETWORKS, CONVERGED_NETWORKS
from lib.book.report.names import NETWORK_TITLES
from lib.book.report.results import FULL_SCALE, published_results, with_run_seed
from lib.integrity import load_sealed

from . import estimates
from .many_jobs import PHASES

FOLDER = ROOT / "benchmarks"

CONVERGED = published_results("converged")


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


def many_jobs_table() -> str:
    """What `benchmarks.many_jobs` measured."""
    measured = pd.read_csv(FOLDER / "many_jobs.csv").set_index(["phase", "jobs"])
    sizes = sorted(measured.index.unique("jobs"))
    rows = [
        [
            about,
            *(f"{number(measured['processor seconds'][phase, size])} s" for size in sizes),
            f"{number(measured.MiB[phase, sizes[-1]])} MiB",
        ]
        for phase, (about, _, _) in PHASES.items()
    ]
    return table(["", *(f"{size:,} jobs" for size in sizes), "Memory, of the last"], rows)


def _jobs_of(folder: Path) -> pd.DataFrame:
    """All jobs behind published results; those on a GPU have a number in `gpu_memory`."""
    jobs = pd.DataFrame(load_sealed(ROOT / folder)["jobs"])
    return jobs.reindex(columns=jobs.columns.union(["gpu_memory"]))


def profiles_table() -> str:
    """What each profile takes; a star stands at what `benchmarks.estimates` says of it."""
    main, converged, recipe = map(
        _jobs_of, (published_results(), CONVERGED, published_results(FULL_SCALE))
    )
    on_gpu = estimates.gpu_seconds([CONVERGED, published_results(FULL_SCALE)])
    rows = [
        estimates.smoke_row(),
        estimates.converged_row(converged, on_gpu),
        estimates.laptop_row(main, on_gpu),
        estimates.paper_row(recipe, on_gpu),
    ]
    return table(estimates.HEADER, rows, words=6)


def jobs_table() -> str:
    """What the jobs of networks that most pages take apart took."""
    titles = {name: NETWORK_TITLES[network] for network, name in ANALYSED_NETWORKS.items()}
    names = {
        name: title if name in CONVERGED_NETWORKS.values() else f"{title}, slim"
        for name, title in titles.items()
    }
    jobs = _jobs_of(CONVERGED)
    rows = _measured(jobs[jobs.experiment.isin(names)], names, "memory")
    return table(["Network", "Job", "Jobs", "Minutes", "Longest", "GiB"], rows, words=2)


def gpu_table() -> str:
    """What the jobs of networks of the paper's width took on a GPU."""
    names = {name: NETWORK_TITLES[network] for network, name in CONVERGED_NETWORKS.items()}
    names["vgg_svhn"] = "VGG_SVHN, by the paper's recipe"
    jobs = pd.concat([_jobs_of(CONVERGED), _jobs_of(published_results(FULL_SCALE))])
    on_gpu = jobs[jobs.experiment.isin(names) & jobs.gpu_memory.notna()]
    rows = _measured(on_gpu, names, "gpu_memory")
    return table(["Network", "Job", "Jobs", "Minutes", "Longest", "GiB of the GPU"], rows, words=2)


def _measured(jobs: pd.DataFrame, names: Mapping[str, str], memory: str) -> list[list[str]]:
    """A row for each kind of job, analyses aside.

    Args:
        jobs: from the provenance of results.
        names: experiment -> what the page calls it.
        memory: the column of its memory, in MiB.
    """
    jobs = jobs[jobs.analysis.fillna("").eq("")]
    kind = with_run_seed(jobs).run_seed.isna().map({True: "complete network", False: "pruning run"})
    return [
        [
            names[experiment],
            what,
            str(len(group)),
            number(group.seconds.median() / 60),
            number(group.seconds.max() / 60),
            f"{group[memory].max() / 1024:.1f}",
        ]
        for (experiment, what), group in jobs.groupby(["experiment", kind], sort=False)
    ]


def training_table() -> str:
    """What `benchmarks.training` measured."""
    rows = []
    for _, row in pd.read_csv(FOLDER / "training.csv").iterrows():
        for precision in ("float32", "bfloat16"):
            low, high = (row[f"{precision} ratio {end}"] for end in ("min", "max"))
            rows.append(
                [
                    NETWORK_TITLES[row["network"]],
                    precision,
                    f"{row['width']:g}",
                    number(row[f"{precision} images/s"]),
                    number(row["plain images/s"]),
                    f"{row[f'{precision} ratio']:.1f} ({low:.1f} to {high:.1f})",
                ]
            )
    header = ["Network", "Precision", "Width", "Images/s", "Plain loop", "Ratio"]
    return table(header, rows, words=2)


PAGES = {
    "run_it": {
        "profiles": profiles_table,
        "jobs": jobs_table,
        "gpu": gpu_table,
        "training": training_table,
        "many jobs": many_jobs_table,
    },
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
