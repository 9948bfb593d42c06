# %% [markdown]
# # Jobs: networks, runs, or analyses
#
# Each job has a name, such as `vgg_svhn t0` for the complete network of `train_seed` 0. `vgg_svhn t0-p0` starts from that network,
# prunes it and trains it again, for as many iterations as the experiment declares, and compares the representations of every
# recorded layer with those of the complete network each time; `vgg_svhn_independent t0-o1` compares the complete network with
# another one. `vgg_svhn t0-p0 descent` is an analysis: it measures something else in the networks of that run, which are all kept.
#
# The jobs may be stopped at any moment: when they are started again, they go on from the last checkpoint.

# %% tags=["parameters"]
profile = "smoke"
jobs = "vgg_svhn t0"  # with commas in between, each after the jobs that it needs
data = "datasets"
folder = ""
device = "auto"
threads = 0

# %%
import pandas as pd
import torch

from lib.declared import declared_study
from lib.study.work import run_job

if threads:
    torch.set_num_threads(threads)

# %%
study = declared_study(profile, folder or None)
left = {name: run_job(study.job(name), data, device) for name in jobs.split(", ")}

# %% [markdown]
# What they leave: means over everything that a table does not name, such as layers.

# %%
named = ("axis", "setting", "iteration", "metric", "reshape", "quantity", "number", "radius")
left_out = {"train_seed", "prune_seed", "other_seed", "segment", "depth", "depth_x", "depth_y"}
for job, file in [(name, file) for name in left for file in sorted(left[name].glob("*.parquet"))]:
    table = pd.read_parquet(file)
    by = [name for name in named if name in table] or ["experiment"]
    numbers = table.drop(columns=[*by, *left_out & set(table)]).select_dtypes("number")
    means = numbers.groupby([table[name] for name in by], sort=False).mean()
    print(f"{job}: {file.stem}\n{means.round(3).to_string()}\n")
