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
# # What it costs
#
# **How many hours, and how much money, would the paper's whole grid take?**
#
# This page answers on paper. It counts the work, takes what one piece of it costs, and multiplies.
# The times on processor cores rest on measurements. **The times on GPUs are estimates, made before we
# had one.** Each is a range, from what we think the best to what we think the worst. Where one was
# measured since, it is named beside.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from IPython.display import Markdown

from lib.report import scaling_shares as shares
from lib.report import scaling_tables as tables
from lib.report.results import load_results
from lib.report.scale import statement
from lib.report.scaling_machines import CORES, SERVER, WORKSTATION, machines
from lib.report.scaling_work import IMAGENET, load_works

study, full = load_results(results), load_results(full_scale)
works = load_works()
known = machines(works)

# %% [markdown]
# For comparison, what was really run for this book:

# %% tags=["remove-input"]
Markdown(f"{statement(study.provenance)}\n\n{shares.own_study(study)}")

# %% [markdown]
# ## How much work is it?
#
# The paper trains a complete network. A run then prunes it and trains it again, iteration by
# iteration, and compares it with its descendant each time. The networks have the paper's width, the
# data are whole.
#
# A MAC is one multiplication with its addition, so two FLOP. A training step is a forward pass, and a
# backward pass of about twice the work. A PFLOP is a million times a billion operations.

# %% tags=["hide-input"]
tables.work_table(works)

# %% [markdown]
# All of this is counted by the computer while it computes, not timed. A comparison here is what this
# study does: several metrics and reshapes, and for the null the same again on permuted images. It
# runs in float64, and training does not. So a PFLOP of comparing may cost much more than one of
# training. `python -m benchmarks.costs` counts it again.
#
# ## How fast is a machine?
#
# **Two processor cores.** We measured how many images a second they train on, in bfloat16 (best) and
# in float32 (worst). We measured seconds for the metrics as well, and know their FLOP. So we know the
# rate of comparing. The tables are in {doc}`methods` and {doc}`similarity_metrics`.
#
# **A GPU.** Its data sheet gives a peak. No training reaches it. How near does one come? Others have
# published times of trainings like ours:

# %% tags=["hide-input"]
tables.anchor_table(known)

# %% [markdown]
# The first is nearly our ResNet_fast, and the time is
# [that of its author](https://myrtle.ai/learn/how-to-train-your-resnet/). The second is
# [NVIDIA's own example](https://github.com/NVIDIA/DeepLearningExamples/tree/master/PyTorch/Classification/ConvNets/resnet50v1.5).
# The third is [airbench](https://github.com/KellerJordan/cifar10-airbench), written for speed; time
# and FLOP are the author's. The FLOP of the other two are our count.
#
# Why so far below the peak? A convolution computes. Batch normalisation, ReLU and augmentation hardly
# do: they read memory and write it again. So a faster GPU may gain only as much as its memory does.
# That gives two bounds. At best, a GPU reaches the best share of its peak in the table. At worst, it
# makes as little of each byte that its memory can move as the worst in the table:

# %% tags=["hide-input"]
tables.gpu_table(known)

# %% [markdown]
# The first columns are TFLOP/s by the data sheets, without the doubling for sparse matrices
# ([H200](https://www.nvidia.com/en-us/data-center/h200/),
# [RTX 4090](https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf),
# our example of a workstation's GPU). Then the memory, and the rates that we take. So all times on GPUs
# are for training in bfloat16.
#
# There is another limit. The processor hands every operation to the GPU, one by one, unless a step is
# captured once and replayed, as our jobs do it since ({doc}`run_it`).

# %% tags=["remove-input"]
Markdown(
    f"One takes {shares.launch_span()} microseconds, all of PyTorch included: an assumption, of the "
    "size that [others report](https://jiahuanglin.xyz/all_lessons/gpu_kernel_serving/18_pytorch_to_kernel.html). "
    "While one operation computes, the next is being handed over. So a step takes the longer of the "
    "two times:"
)

# %% tags=["hide-input"]
tables.step_table(works, known)

# %% [markdown]
# **Comparing on a GPU.** At best it runs at the float64 peak. At worst it is as slow as the memory can
# feed an eigenproblem, which reads half a matrix for each column and computes little with it.

# %% tags=["remove-input"]
Markdown(
    f'On an H200 that would be {shares.eigen_share(known)} of the peak. "Less than 3%" has been '
    "found on an H100, which has the same arithmetic and a slower memory (H. Wang and others, "
    "*Extracting the Potential of Emerging Hardware Accelerators for Symmetric Eigenvalue "
    "Decomposition*, abstract)."
)

# %% [markdown]
# That gives the time of one training, of one comparison, and of one whole run:

# %% tags=["hide-input"]
tables.unit_table(works, known)

# %% tags=["remove-input"]
Markdown(f"**Estimated and measured.** {shares.measured(works, known, full)}")

# %% [markdown]
# {doc}`full_scale` says what a run took.
#
# ## What does the whole grid cost?
#
# The prices are assumptions: USD for an hour, about what renting cost late in 2026. They differ several
# times over from one provider to the next. Change them here, and the money follows.

# %% tags=["hide-input"]
prices = {CORES: 0.1, WORKSTATION: 0.5, SERVER: 3.5}

tables.bill_table(works, known, prices)

# %% tags=["remove-input"]
Markdown(shares.parallel(works, known))

# %% [markdown]
# On more than one machine the column *All* is not the sum of the others: the runs of the three
# networks share the machines. The money is for all machines until the last run is done.
#
# ## What takes the time?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-costs", "caption": "Of the hours of each network, how many go into training and how many into comparing, on three machines, halfway between best and worst. Those on GPUs are estimates. The hours themselves differ widely between networks and machines: see the tables."}}
shares.figure(works, known)

# %% tags=["remove-input"]
Markdown(shares.dominating(works, known))

# %% [markdown]
# A workstation's GPU has little float64. Where the processor has cores to spare, comparisons could run
# on them, beside the next training.
#
# Left out of all this are the accuracies, the start of a job, and the checkpoint after each epoch. On
# a fast GPU with a slow disk, the last may be felt.
#
# ## How much memory and disk?
#
# A layer's representations are the probe images times its numbers an image, in float32. Layers are
# taken in groups that fit, so the largest one decides. A Gram matrix is in float64.
#
# A run keeps every pruned network, but only the weights that survive, and the mask as bits. Where each
# iteration prunes a fraction $f$, the survivors of all iterations add up to
# $(1-f) + (1-f)^2 + \dots$ of a complete network, which stays below $(1-f)/f$ however many there are.
# Masks and batch normalisation come on top:

# %% tags=["hide-input"]
tables.room_table(works)

# %% [markdown]
# ## And networks for ImageNet?
#
# The same formulas, for ResNet-50 at its usual size of pictures:

# %% tags=["remove-input"]
Markdown(shares.imagenet_sizes(works))

# %% [markdown]
# The metrics have accumulating forms already ({doc}`similarity_metrics`): `torchmetrics` metrics whose
# states are such sums. {doc}`large_data` reads pictures from their files, since ImageNet doesn't fit on
# the device as CIFAR-10 does, and counts the work layer by layer. The estimate takes the decoding of
# pictures to keep up.
#
# What would we cut? One architecture, not three. Fewer and larger steps of pruning, down to the same
# sparsity. Shorter trainings: {doc}`pruning_methods` shows accelerated pruning, which shortens all
# but the last. And few runs, but more than one, so that there is an interval.

# %% tags=["hide-input"]
plans = {
    "as the paper": works[IMAGENET],
    "reduced": tables.reduced(works[IMAGENET], iterations=5, epochs=30, runs=3),
}

tables.imagenet_table(plans, known, prices)

# %% [markdown]
# Training dominates there by far: an epoch has many more images, each has many more pixels, and the
# number of probe images stays.
#
# ## What would we do with so many hours?
#
# Every network gets a run before any gets another, the cheaper network first. The table takes the
# worst of each range, so that the plan holds:

# %% tags=["hide-input"]
budgets = (1, 10, 100)

tables.plan_table(works, known, prices, budgets)

# %% [markdown]
# - **With the least**, we would measure first: the benchmarks below replace every estimate on this
#   page. What is left buys a first run of what is small.
# - **With the middle one**, we would have runs of every network, at full size and on the full data.
#   The first run shows the curves over the layers; the next ones show how far to trust them.
# - **With the most**, we would have the paper's whole grid, and would spend what is left on the
#   controls ({doc}`controls`): without them the numbers can't be read.
#
# If money runs short, leave out runs before iterations. The paper's figures are curves over the
# iterations.
#
# ## How would you check this page?
#
# On a machine with a GPU, these measure what is estimated here:
#
# ```sh
# .venv/bin/python -m benchmarks.training --device cuda
# .venv/bin/python -m benchmarks.layers --device cuda
# ```
#
# Every job also says after each epoch how much time is left, and keeps its seconds ({doc}`run_it`).
