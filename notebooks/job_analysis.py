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
# # Job: a further analysis of the networks of a run
#
# A run keeps the network of every iteration. This job loads some of them and measures something
# else: similarity in other ways (`robustness`), for example, or of each layer with each layer of
# another complete network (`identification`). The profile declares what each analysis measures.

# %% tags=["parameters"]
profile = "smoke"
experiment = "vgg_svhn_wide"
train_seed = 0
prune_seed = 0
other_seed = -1  # of the other network, where nothing is pruned
analysis = "robustness"
data = "datasets"
folder = ""
fingerprint = ""
device = "auto"
wait = False
threads = 0

# %%
import pandas as pd
import torch

from lib.catalogue import declared_study
from lib.study.job import Job
from lib.study.jobs import run_job

if threads:
    torch.set_num_threads(threads)

# %%
study = declared_study(profile, folder or None)
run_seed = {"prune_seed": prune_seed} if other_seed < 0 else {"other_seed": other_seed}
job = Job(experiment, train_seed, analysis=analysis, **run_seed)
where = run_job(study, job, data, device, fingerprint=fingerprint, wait=wait)

# %% [markdown]
# Means over everything that the table does not name, such as layers:

# %%
table = pd.read_parquet(where / f"{analysis}.parquet")
named = ("axis", "setting", "iteration", "metric", "reshape", "quantity", "number", "radius")
by = [name for name in named if name in table]
beside = {"train_seed", "prune_seed", "other_seed", "segment", "depth", "depth_x", "depth_y"}
numbers = table.drop(columns=[*by, *beside & set(table)]).select_dtypes("number")
print(numbers.groupby([table[name] for name in by], sort=False).mean().round(3).to_string())
