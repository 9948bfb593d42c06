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

# %% tags=["remove-cell"]
from lib.analyses.cost import analysis
from lib.book.report.format import number
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table

# %%
study = open_study(results)
full = results_if_any(full_scale)
jobs = analysis.jobs_of_scales({"this study": study, "the paper": full})
glue(hours=number(jobs.seconds[jobs.scale == "this study"].sum() / 3600, 0))

# %% [markdown]
# ## What we find
#
# All jobs of this study together took {glue:text}`hours:s` hours.

# %%
Table.of(analysis.totals(jobs), digits=1)

# %% [markdown]
# On an idle machine a job takes less time: these ran side by side, and most of them shared their cores with
# other work or were paused while the clock ran on. The section on training has speeds measured on two idle
# cores. Jobs that share a GPU slow each other down.
#
# ## The jobs
#
# These are the jobs of the paper's networks, without their variants. *Minutes* is the median of each kind
# of job, *Longest* the longest in minutes, and *GiB* the most memory that one of them held.

# %%
own = jobs[jobs.experiment.isin(study.experiments)]
Table.of(analysis.job_summary(own), digits=1, cards=True)

# %% [markdown]
# All jobs, those of controls, variants and analyses included:

# %% tags=["hide-output"]
Table.of(analysis.job_summary(jobs), digits=1, cards=True)

# %% [markdown]
# ## Training
#
# The table compares our training, in images per second, with the loop found in most code for CIFAR-10, which
# augments images one by one. It was measured on two cores without a GPU, for full-size networks and slim
# ones.

# %%
speed = analysis.training_speed()
Table.of(speed, numeric=["Width", "Images/s", "Plain loop", "Ratio"])

# %% [markdown]
# Where convolutions take most of the time, there is little left to save. An epoch of training at the paper's
# scale took:

# %%
an_epoch = analysis.seconds_an_epoch(full, jobs[jobs.scale == "the paper"])
Table.of(an_epoch, nothing="No network was trained at the paper's scale.")

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
