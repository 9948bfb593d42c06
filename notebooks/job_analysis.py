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
# another complete network (`identification`, where `prune_seed` is the train seed of the other
# one). The profile declares what each analysis measures.
#
# Without Jupyter, it runs as a plain script:
# `PYTHONPATH=. python notebooks/job_analysis.py profile=laptop analysis=robustness`.

# %% tags=["parameters"]
profile = "smoke"
experiment = "vgg_svhn"
train_seed = 0
prune_seed = 0
analysis = "robustness"
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
        "analysis": analysis,
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
job = Job(given["experiment"], given["train_seed"], given["prune_seed"], given["analysis"])
how = {name: given[name] for name in ("data", "device", "fingerprint", "exact", "wait")}
where = run_job(study, job, **how)

# %% [markdown]
# Means over everything that the table does not name, such as layers:

# %%
table = pd.read_parquet(where / f"{given['analysis']}.parquet")
named = ("axis", "setting", "iteration", "metric", "reshape", "quantity", "number", "radius")
by = [name for name in named if name in table]
beside = {"train_seed", "prune_seed", "other_seed", "segment", "depth", "depth_x", "depth_y"}
numbers = table.drop(columns=[*by, *beside & set(table)]).select_dtypes("number")
print(numbers.groupby([table[name] for name in by], sort=False).mean().round(3).to_string())
