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
# # Job: train a complete network
#
# This job trains one complete network of an experiment and keeps its weights and its test accuracy.
# Every run of pruning starts from this network. The job may be stopped at any moment: when it is
# started again, it goes on from the last checkpoint.

# %% tags=["parameters"]
profile = "smoke"
experiment = "resnet_fast"
train_seed = 0
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
job = Job(experiment, train_seed)
where = run_job(study, job, data, device, fingerprint=fingerprint, wait=wait)

# %%
row = pd.read_parquet(where / "performance.parquet").iloc[0]
print(f"test accuracy {row.accuracy:.2%}, loss {row.loss:.4f}, {row.seconds:.0f} s of training")
