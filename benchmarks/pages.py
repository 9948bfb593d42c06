"""The tables of pages written in Markdown, made from what the benchmarks measured.

    python -m benchmarks.pages

It puts each between its markers, `<!-- name: benchmarks.pages -->` and `<!-- end of name -->`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from lib import ROOT
from lib.data import EXTENTS
from lib.metrics.statistics import moment_bytes
from lib.models import LARGE
from lib.pruning import Pruning
from lib.report.names import NETWORKS
from lib.study import Experiment, Probe, Study
from lib.study.costs import CPU, known_device, load_costs
from lib.study.plan import duration, longest_chain, plan
from lib.study.work import disk_bytes, image_counts, network, training_work, work
from lib.training import Momentum, Recipe, Steps

from . import jobs
from .many_jobs import PHASES
from .processes import WAYS

FOLDER = ROOT / "benchmarks"
BATCH = 32
"""Images in one forward pass of a comparison."""


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


def processes_table() -> str:
    """What `benchmarks.processes` measured."""
    header = ["Network", "Width", "Batch", "One job, images/s", "Two jobs", "Two, smaller batches"]
    rows = [
        [
            NETWORKS[row["network"]],
            f"{row['width']:g}",
            f"{row['batch']}",
            *(number(row[f"{way} images/s"]) for way in WAYS),
            f"{row['ratio']:.2f} ({row['ratio min']:.2f} to {row['ratio max']:.2f})",
        ]
        for _, row in pd.read_csv(FOLDER / "processes.csv").iterrows()
    ]
    return table([*header, "One / two"], rows)


def on_imagenet(model: str) -> Experiment:
    """Twenty iterations on ImageNet, with the usual recipe (He et al. 2016, section 3.4)."""
    return Experiment(
        name=model,
        model=model,
        dataset="imagenet",
        recipe=Recipe(90, 256, Momentum(), Steps(0.1, (30, 60, 80))),
        pruning=Pruning(iterations=20, fraction=0.2),
        probe=Probe(images=EXTENTS["imagenet"].test_images),
        metrics=("svcca",),  # sums of channels and of their means serve all metrics
        output_metrics=(),
        also=("gap",),
        permutations=0,
    )


def imagenet_table() -> str:
    """What ImageNet would take: counted work and memory, and the hours on a GPU that follow."""
    device, columns = known_device(), []
    costs = load_costs()[device]

    def hours(counted: Mapping[str, float]) -> float:
        return sum(costs[unit] * amount for unit, amount in counted.items()) / 3600

    for model in LARGE:
        declared = on_imagenet(model)
        one, extent = network(declared), EXTENTS["imagenet"]
        training = training_work(declared, "complete", image_counts(declared))
        sums = [moment_bytes(shape[0], shape[0]) for shape in one.shapes]
        values = sum(map(math.prod, one.shapes))
        largest = max(map(math.prod, one.shapes))
        products = sum(6 * shape[0] ** 2 * math.prod(shape[1:]) for shape in one.shapes)
        columns.append(
            {
                "Prunable weights": f"{one.weights:,}",
                "Forward pass of an image, GFLOP": number(one.flop / 1e9),
                "One training, EFLOP": number(training["flop"] / 1e18),
                "Recorded layers": f"{len(one.shapes)}",
                "Sums of all layers, both reshapes, GB": number(2 * sum(sums) / 1e9),
                "Sums of the widest layer, one reshape, GB": number(max(sums) / 1e9),
                f"Outputs of {BATCH} images, both networks, GB": number(8 * BATCH * values / 1e9),
                "Outputs of all images at once, TB": number(8 * extent.test_images * values / 1e12),
                "Sums of the largest layer if flat, TB": number(
                    moment_bytes(largest, largest) / 1e12
                ),
                "Recording both networks, PFLOP": number(2 * extent.test_images * one.flop / 1e15),
                "Sums of channels, PFLOP in float64": number(extent.test_images * products / 1e15),
                f"One training, hours of one {device}": number(hours(training)),
                "Run of 20 iterations, days": number(hours(work(declared, "run")) / 24),
                "Networks kept on disk, GB": number(
                    (disk_bytes(declared, "complete") + disk_bytes(declared, "run")) / 1e9
                ),
            }
        )
    titles = ["ResNet-" + model.removeprefix("resnet") for model in LARGE]
    return table(["", *titles], [[name, *(c[name] for c in columns)] for name in columns[0]])


def layers_table() -> str:
    """Layers of the largest of these networks, a row for each shape."""
    shapes = pd.Series(network(on_imagenet(LARGE[-1])).shapes)
    rows = []
    for shape, count in shapes.value_counts(sort=False).items():
        channels, positions = shape[0], math.prod(shape[1:])
        rows.append(
            [
                f"{count}",
                f"{channels:,}",
                f"{positions:,}",
                number(moment_bytes(channels, channels) / 1e6),
                number(6 * positions * channels**2 / 1e9),
                number(6 * channels**2 / 1e9),
            ]
        )
    header = ["Layers", "Channels", "Positions", "Sums, MB", "Channels, GFLOP an image"]
    return table([*header, "Gap, GFLOP an image"], rows, words=0)


PAGES = {
    "run_it": {"plan": plan_table, "estimates": estimates_table},
    "cluster": {"many jobs": many_jobs_table, "rows": rows_table},
    "large_data": {
        "comparisons": comparisons_table,
        "processes": processes_table,
        "networks": imagenet_table,
        "layers": layers_table,
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
