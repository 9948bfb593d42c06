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
#
# Without Jupyter, it runs as a plain script:
# `PYTHONPATH=. python notebooks/job_run.py profile=laptop prune_seed=1`.

# %% tags=["parameters"]
profile = "smoke"
experiment = "resnet_fast"
train_seed = 0
prune_seed = 0
data = "datasets"
folder = ""
fingerprint = ""
device = "auto"
exact = False
wait = False
threads = 0

# %%
import pandas as pd
import torch

from lib.parameters import command_line
from lib.study import Job, Study, run_job

given = command_line(
    {
        "profile": profile,
        "experiment": experiment,
        "train_seed": train_seed,
        "prune_seed": prune_seed,
        "data": data,
        "folder": folder,
        "fingerprint": fingerprint,
        "device": device,
        "exact": exact,
        "wait": wait,
        "threads": threads,
    }
)
if given["threads"]:
    torch.set_num_threads(given["threads"])

# %%
study = Study(given["profile"], given["folder"] or None)
job = Job(given["experiment"], given["train_seed"], given["prune_seed"])
how = {name: given[name] for name in ("data", "device", "fingerprint", "exact", "wait")}
where = run_job(study, job, **how)

# %% [markdown]
# Test accuracy after each iteration, and each metric's mean over all recorded layers:

# %%
performance = pd.read_parquet(where / "performance.parquet").set_index("iteration")
similarity = pd.read_parquet(where / "similarity.parquet")
similarity = similarity[similarity.metric != "cosine"]  # of the output layer only
means = similarity.pivot_table(index="iteration", columns="metric", values="value")
print(means.join(performance[["remaining", "accuracy"]]).round(3).to_string())
