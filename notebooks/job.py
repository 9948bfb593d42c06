# %% [markdown]
# # Job: one network, one run, or one analysis
#
# Without another seed, this job trains a complete network. With a `prune_seed` it starts from that network, prunes it and
# trains it again, for as many iterations as the experiment declares, and compares the representations of every recorded
# layer with those of the complete network each time; with an `other_seed` it compares the complete network with another
# one. With the name of an analysis it measures something else in the networks of that run, which are all kept.
#
# The job may be stopped at any moment: when it is started again, it goes on from the last checkpoint.

# %% tags=["parameters"]
profile = "smoke"
experiment = "vgg_svhn"
train_seed = 0
prune_seed = -1
other_seed = -1  # of the other network, where nothing is pruned
analysis = ""
data = "datasets"
folder = ""
device = "auto"
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
seeds = {"prune_seed": prune_seed, "other_seed": other_seed}
given = {name: seed for name, seed in seeds.items() if seed >= 0}
job = Job(experiment, train_seed, analysis=analysis, **given)
where = run_job(study, job, data, device)

# %% [markdown]
# What it leaves: means over everything that a table does not name, such as layers.

# %%
named = ("axis", "setting", "iteration", "metric", "reshape", "quantity", "number", "radius")
beside = {"train_seed", "prune_seed", "other_seed", "segment", "depth", "depth_x", "depth_y"}
for file in sorted(where.glob("*.parquet")):
    table = pd.read_parquet(file)
    by = [name for name in named if name in table] or ["experiment"]
    numbers = table.drop(columns=[*by, *beside & set(table)]).select_dtypes("number")
    means = numbers.groupby([table[name] for name in by], sort=False).mean()
    print(f"{file.stem}\n{means.round(3).to_string()}\n")
