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
# # Job: prune a complete network, iteration by iteration
#
# This job starts from a complete network, prunes it and trains it again, for as many iterations as
# the experiment declares. After each iteration it compares the representations of every recorded
# layer with those of the complete network. The job may be stopped at any moment: when it is started
# again, it goes on from the last checkpoint.

# %% tags=["parameters"]
profile = "smoke"
experiment = "resnet_fast"
train_seed = 0
prune_seed = 0
other_seed = -1  # of the other network, where nothing is pruned
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
job = Job(experiment, train_seed, **run_seed)
where = run_job(study, job, data, device, fingerprint=fingerprint, wait=wait)

# %% [markdown]
# Test accuracy after each iteration, and each metric's mean over all recorded layers:

# %%
performance = pd.read_parquet(where / "performance.parquet").set_index("iteration")
similarity = pd.read_parquet(where / "similarity.parquet")
similarity = similarity[similarity.metric != "cosine"]  # of the output layer only
means = similarity.pivot_table(index="iteration", columns="metric", values="value")
print(means.join(performance[["remaining", "accuracy"]]).round(3).to_string())
