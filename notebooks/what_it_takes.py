# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What it takes
#
# **How long does a study take, and how much memory?**
#
# Every job records its time and its peak memory. Here is what the jobs behind this book took, and what
# benchmarks measured. For a study of your own, `make plan` sets these records beside the jobs that are
# left ({doc}`run_it`).

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-input"]
from lib.book.report.page import open_study

study = open_study(results)

# %% [markdown]
# ## What we find

# %% tags=["remove-input"]
import pandas as pd
from IPython.display import Markdown

from lib import ROOT
from lib.book.report.format import count, interval, number, plain
from lib.book.report.names import NETWORKS
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table

KINDS = {"complete": "complete network", "run": "pruning run"}
SCALES = {"this study": study, "the paper": results_if_any(full_scale)}


def jobs_of(where):
    """A row for each job of a study: what it was, and what it took."""
    columns = ["experiment", "prune_seed", "analysis", "seconds", "memory", "gpu_memory", "device"]
    jobs = pd.DataFrame(where.provenance["jobs"]).reindex(columns=columns)
    kind = jobs.prune_seed.isna().map({True: KINDS["complete"], False: KINDS["run"]})
    analysed = jobs.analysis.notna() & (jobs.analysis != "")
    jobs["what"] = kind.mask(analysed, jobs.analysis)
    device = jobs.device.str.replace("1 threads", "1 thread")
    return jobs.assign(minutes=jobs.seconds / 60, device=device)


done = {scale: jobs_of(where) for scale, where in SCALES.items() if where.experiments}
jobs = pd.concat(done, names=["scale"])
jobs = jobs.reset_index("scale")


def what_we_find():
    for (scale, device), some in jobs.groupby(["scale", "device"], sort=False):
        own = some[(some.what == KINDS["run"]) & some.experiment.isin(study.experiments)]
        runs = own.groupby("experiment").minutes.median()
        text = (
            f"At the scale of {scale}, {count(len(some), 'job')} on {plain(device)} took "
            f"{number(some.seconds.sum() / 3600, 1)} hours in all"
        )
        if len(runs):
            ends = " to ".join(dict.fromkeys(number(x, 0) for x in (runs.min(), runs.max())))
            text += (
                f". A pruning run of one of the paper's networks took {ends} minutes, in the median for each "
                f"network, and {number(own.minutes.max(), 0)} at the longest"
            )
        yield f"- {text}."


Markdown("\n".join(what_we_find()))

# %% [markdown]
# On an idle machine a job takes less time: these ran side by side, and most of them shared their cores with
# other work or were paused while the clock ran on. The section on training has speeds measured on two idle
# cores. Jobs that share a GPU slow each other down.
#
# ## The jobs
#
# These are the jobs of the paper's networks, without their variants. *Minutes* is the median of each kind
# of job, *Longest* the longest in minutes, and *GiB* the most memory that one of them held.


# %% tags=["hide-input"]
def summary(jobs):
    """A row for each scale, experiment, kind of job and device."""
    took = jobs.groupby(["scale", "experiment", "what", "device"], sort=False).agg(
        Jobs=("minutes", "size"),
        minutes=("minutes", "median"),
        longest=("minutes", "max"),
        memory=("memory", "max"),
        gpu=("gpu_memory", "max"),
    )
    took["memory"], took["gpu"] = took.memory.astype(float) / 1024, took.gpu.astype(float) / 1024
    heads = {"minutes": "Minutes", "longest": "Longest", "memory": "GiB", "gpu": "On GPU"}
    names = ["Experiment", "Job", "Device"]
    took = took.dropna(axis="columns", how="all")  # without a GPU
    return took.droplevel("scale").rename(columns=heads).rename_axis(names)


Table.of(summary(jobs[jobs.experiment.isin(study.experiments)]), digits=1, cards=True)

# %% [markdown]
# All jobs, those of controls, variants and analyses included:

# %% tags=["hide-input", "hide-output"]
Table.of(summary(jobs), digits=1, cards=True)

# %% [markdown]
# ## Training
#
# The table compares our training, in images per second, with the loop found in most code for CIFAR-10, which
# augments images one by one. It was measured on two cores without a GPU, for full-size networks and slim
# ones.

# %% tags=["hide-input"]
rows = [
    (
        NETWORKS[row["network"]],
        f"{row['width']:g}",
        precision,
        f"{row[f'{precision} images/s']:,.0f}",
        f"{row['plain images/s']:,.0f}",
        interval(*(row[f"{precision} ratio{which}"] for which in ("", " min", " max")), digits=1),
    )
    for _, row in pd.read_csv(ROOT / "benchmarks" / "training.csv").iterrows()
    for precision in ("float32", "bfloat16")
]
header = ["Network", "Width", "Precision", "Images/s", "Plain loop", "Ratio"]
Table(header, rows, numeric=["Width", "Images/s", "Plain loop", "Ratio"])

# %% [markdown]
# Where convolutions take most of the time, there is little left to save. An epoch of training at the paper's
# scale took:

# %% tags=["hide-input"]
full = SCALES["the paper"]
trained = full.performance[full.performance.iteration > 0]
devices = jobs[jobs.scale.eq("the paper")].groupby("experiment").device.first()
an_epoch = pd.DataFrame(
    {
        "Device": devices,
        "Seconds an epoch": (trained.seconds / trained.epochs).groupby(trained.experiment).mean(),
    }
)
Table.of(an_epoch.rename_axis("Experiment"), nothing="No network was trained at the paper's scale.")

# %% [markdown]
# ## Comparing
#
# {doc}`what_a_value_means` sets each metric beside other code, and {doc}`your_own` has the memory that
# `compare_networks` needs.
#
# ## How fast is my machine?
#
# These commands measure yours; `--device cuda` measures its GPU:
#
# ```sh
# .venv/bin/python -m benchmarks.training --device cpu
# .venv/bin/python -m benchmarks.layers --device cpu
# .venv/bin/python -m benchmarks.precision --profile smoke --seeds 10
# ```
#
# `training` counts images per second, `layers` times all metrics on all layers of a pair of networks, and
# `precision` trains the same seeds in float32 and in bfloat16.
