"""Time and memory of jobs, from the provenance of studies and from benchmarks."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ... import ROOT
from ...book.report.format import interval
from ...book.report.names import NETWORK_TITLES
from ...book.report.results import Results

COMPLETE_JOB, RUN_JOB = "complete network", "pruning run"

FROM_PROVENANCE = [
    "experiment",
    "prune_seed",
    "analysis",
    "seconds",
    "memory",
    "gpu_memory",
    "device",
]

BENCHMARK = ROOT / "benchmarks" / "training.csv"
"""Our training beside a plain loop, written by `benchmarks.training`."""

GIB = 1024
"""MiB in one."""


def jobs_of(study: Results) -> pd.DataFrame:
    """A row for each job of a study: what it was, and what it took.

    Returns:
        Columns `FROM_PROVENANCE` (memory in MiB); `what`, `COMPLETE_JOB`, `RUN_JOB` or the name of
        an analysis; `minutes`.
    """
    jobs = pd.DataFrame(study.provenance["jobs"]).reindex(columns=FROM_PROVENANCE)
    kind = jobs.prune_seed.isna().map({True: COMPLETE_JOB, False: RUN_JOB})
    analysed = jobs.analysis.notna() & (jobs.analysis != "")
    device = jobs.device.str.replace("1 threads", "1 thread")
    what = kind.mask(analysed, jobs.analysis)
    return jobs.assign(what=what, minutes=jobs.seconds / 60, device=device)


def jobs_of_scales(scales: Mapping[str, Results]) -> pd.DataFrame:
    """`jobs_of` several studies, with a column `scale`; those without experiments have no rows.

    Args:
        scales: what its scale is called -> the study.
    """
    done = {scale: jobs_of(study) for scale, study in scales.items() if study.experiments}
    return pd.concat(done, names=["scale"]).reset_index("scale")


def totals(jobs: pd.DataFrame) -> pd.DataFrame:
    """How many jobs each scale and device had, and how many hours they took in all."""
    groups = jobs.groupby(["scale", "device"], sort=False)
    found = groups.agg(Jobs=("seconds", "size"), Hours=("seconds", "sum"))
    return found.assign(Hours=found.Hours / 3600).rename_axis(["Scale", "Device"])


def job_summary(jobs: pd.DataFrame) -> pd.DataFrame:
    """What each kind of job took: the median and the longest in minutes, the most memory in GiB.

    Returns:
        Index experiment, job, device; no columns for a GPU where no job had one.
    """
    groups = jobs.groupby(["scale", "experiment", "what", "device"], sort=False)
    took = groups.agg(
        Jobs=("minutes", "size"),
        Minutes=("minutes", "median"),
        Longest=("minutes", "max"),
        GiB=("memory", "max"),
        gpu=("gpu_memory", "max"),
    ).rename(columns={"gpu": "On GPU"})
    for memory in ("GiB", "On GPU"):
        took[memory] = took[memory].astype(float) / GIB
    took = took.dropna(axis="columns", how="all")
    return took.droplevel("scale").rename_axis(["Experiment", "Job", "Device"])


def training_speed(benchmark: Path = BENCHMARK) -> pd.DataFrame:
    """Images per second of our training and of a plain loop, as texts: rows (network, width)."""
    rows = []
    for _, row in pd.read_csv(benchmark).iterrows():
        for precision in ("float32", "bfloat16"):
            ratio = [row[f"{precision} ratio{which}"] for which in ("", " min", " max")]
            rows.append(
                {
                    "Network": NETWORK_TITLES[row["network"]],
                    "Width": f"{row['width']:g}",
                    "Precision": precision,
                    "Images/s": f"{row[f'{precision} images/s']:,.0f}",
                    "Plain loop": f"{row['plain images/s']:,.0f}",
                    "Ratio": interval(*ratio, digits=1),
                }
            )
    return pd.DataFrame(rows).set_index("Network")


def seconds_an_epoch(study: Results, jobs: pd.DataFrame) -> pd.DataFrame:
    """How long an epoch of training took in each experiment of a study.

    Args:
        jobs: of the study, which name the device.
    """
    trained = study.performance[study.performance.iteration > 0]
    seconds = (trained.seconds / trained.epochs).groupby(trained.experiment).mean()
    device = jobs.groupby("experiment").device.first()
    return pd.DataFrame({"Device": device, "Seconds an epoch": seconds}).rename_axis("Experiment")
