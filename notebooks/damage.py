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
# # Which metric notices damage to your network?
#
# **Layers of the network are damaged on purpose. Which metrics notice it, and by the time it does harm?**

# %% tags=["parameters"]
a = "resnet18"
a_weights = "checkpoints/*.pt"
images = "images"
layers = ""
size = 224
cores = 0

# %%
import os
import re
import sys
import time
from fractions import Fraction
from glob import glob
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from tqdm import tqdm

from lib.analyses.damages import DAMAGES, STRANGER, damaged
from lib.analyses.network_analysis import EVERY_KIND
from lib.book.report.format import count, percent, plain
from lib.book.report.names import enumerate_words, metric_titles
from lib.book.report.statistics import rank_correlation
from lib.book.report.tables import Table
from lib.book.user_networks import load_user_network
from lib.compare.compared_network import unwrapped
from lib.compare.images import FileBatches, Files
from lib.compare.layers import trace
from lib.lookup import lookup
from lib.metrics import LayerRepresentations, compare
from lib.metrics.inputs import RESHAPES
from lib.models import record

os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"  # no file of weights may execute anything
torch.set_num_threads(cores or getattr(os, "process_cpu_count", os.cpu_count)())
FEWEST, MOST, BATCH = 6, 256, 64  # versions, images, and images in one pass
FEWEST_IMAGES = 10
MEMORY = 4 << 30  # bytes for what the layers give for all images, in both of two versions
LEVEL, DETECTED, COSTS, STILL_LEARNING = 0.05, 0.8, 0.01, 0.5


def in_order(file):
    """`epoch9.pt` comes before `epoch10.pt`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", file)]


def every(items):
    """The items, while every few seconds the terminal, not the page, is told how many are left."""
    start = said = time.monotonic()
    for done, item in enumerate(items):
        if done and time.monotonic() > said + 5:
            said = time.monotonic()
            left = tqdm.format_interval((said - start) / done * (len(items) - done))
            print(f"{done} of {len(items)}, {left} left", file=sys.stderr)
        yield item


# %%
versions = sorted({file for one in a_weights.split() for file in glob(one)}, key=in_order)
if len(versions) < FEWEST:
    raise ValueError(
        f"A_WEIGHTS: {count(len(versions), 'file')} found by {a_weights!r}, want {FEWEST} or more: "
        "versions of one trained network, such as the checkpoints of its last epochs. Consecutive "
        "ones must differ by a change that does no harm"
    )
device = "cuda" if torch.cuda.is_available() else "cpu"
first = unwrapped(load_user_network(a, versions[0])).to(device)
modules = dict(first.named_modules())
weighted = [
    name
    for name, module in modules.items()
    if any(weight.ndim > 1 for weight in module.parameters(recurse=False))
]
dtype = next((weight.dtype for weight in first.parameters()), torch.float32)
pictures = Files(images, size)
present, every_file = len(pictures), pictures.files
if present < FEWEST_IMAGES:
    raise ValueError(
        f"IMAGES: {images} has {count(present, 'image')}, want at least {FEWEST_IMAGES}"
    )
pictures.files = every_file[:2]
sample = torch.cat(list(FileBatches(pictures, 2))).to(device, dtype)
gives = {name: call for name, call in trace(first, sample).items() if call.output.ndim == 4}
maps = {name: call.output[0] for name, call in gives.items() if call.channels != "last"}
hidden = [name for name in weighted if name in maps]
chosen = [lookup("layer", name, modules) and name for name in layers.replace(",", " ").split()]
if wrong := [name for name in chosen if name not in maps]:
    raise ValueError(
        f"LAYERS: {wrong[0]} does not give maps of channels, (n, c, h, w), in a single call, and only such "
        f"layers can be damaged. These do: {', '.join(hidden) or 'none of this network'}"
    )
if not hidden:
    raise ValueError(f"A: no layer with weights of {a} gives maps of channels, (n, c, h, w)")
chosen = chosen or list(dict.fromkeys(hidden[i] for i in (0, len(hidden) // 2, -1)))
room = MEMORY // (4 * sum(maps[name].numel() * maps[name].element_size() for name in chosen))
most = max(min(MOST, room), BATCH // 2)
files = every_file[:: -(-present // most)]
# whole batches, as a direction is that of a batch
pictures.files = files[: len(files) // BATCH * BATCH or None]
probe = torch.cat(list(FileBatches(pictures, BATCH))).to(device, dtype)
changes = len(versions) - 2
level = max(LEVEL, 1 / (changes + 1))
Markdown(
    f"{plain(a)} in {count(len(versions), 'version')}, from {plain(Path(versions[0]).name)} to "
    f"{plain(Path(versions[-1]).name)}; {len(probe)} of {count(present, 'image')} of {plain(images)}, "
    f"cut to {size} × {size}; the layers {enumerate_words([plain(name) for name in chosen])}."
)

# %% [markdown]
# ## What was done
#
# Consecutive versions differ by a change that does no harm. What a metric says of these changes is its
# reference. Then one layer of the last version is damaged, more and more, and compared with the same
# layer of the version before. A metric *notices* a damage if it makes the layers less similar than the
# harmless changes do, among which the change to the last version does not count. It must do so in at
# least 80 % of the layers, at this size and at all larger ones. A value that only damage makes undefined
# counts as noticed.


# %%
def seen(network, names):
    """What the layers give for the images, and a score for each class, if the answers are that."""
    found = record(network, probe, [*names, ""], BATCH)
    scores = found.pop("").cpu()
    return found, scores if scores.ndim == 2 else None


def compared(before, after, **more):
    """Rows of every metric on every matrix that makes sense for it."""
    for layer, output in after.items():
        y = LayerRepresentations(output, name="y")
        for row in compare(before[layer], y, metrics=EVERY_KIND, reshapes=RESHAPES):
            yield {"layer": layer, **more} | {k: row[k] for k in ("metric", "reshape", "value")}


def representations(outputs):
    return {layer: LayerRepresentations(output) for layer, output in outputs.items()}


def of_version(file):
    network = unwrapped(load_user_network(a, file)).to(device)
    return network, *seen(network, chosen)


rows, before = [], None
for number, file in enumerate(every(versions[:-1])):
    _, outputs, _ = of_version(file)
    if before:
        rows += compared(before, outputs, change=number)
    before = representations(outputs)
harmless = pd.DataFrame(rows)
network, _, scores = of_version(versions[-1])

cases = [
    (layer, damage, size_of)
    for layer in chosen
    for damage in DAMAGES
    for size_of in DAMAGES[damage]
    if damage != STRANGER and (damage not in ("pruned", "noise") or layer in weighted)
]
folders = [str(file.relative_to(images).parent) for file in pictures.files]
classes = sorted({str(file.relative_to(images).parent) for file in every_file})
labels = torch.tensor([classes.index(folder) for folder in folders])
answers = None if scores is None else scores.argmax(1)
labelled = scores is not None and 1 < len(classes) == scores.shape[1]
truth = labels if labelled else answers
rows, harm = [], []
for layer, damage, size_of in every(cases):
    with damaged(network, layer, damage, size_of):
        outputs, scores = seen(network, [layer])
    rows += compared(before, outputs, damage=damage, size=size_of)
    if truth is not None:
        right = [(given == truth).double().mean() for given in (answers, scores.argmax(1))]
        lost = right[0] - right[1]
        harm.append({"layer": layer, "damage": damage, "size": size_of, "lost": float(lost)})
found = pd.DataFrame(rows)

# %%
CELL, METRICS = ["metric", "reshape"], metric_titles()


def p_of(place, part):
    """The share of the harmless changes as large, the case itself counted among them."""
    reference = harmless.set_index(["layer", *CELL]).value.xs(place).to_numpy()
    if np.isnan(reference).any():
        return pd.Series(np.nan, part.index)
    values = part.value.fillna(-np.inf).to_numpy()
    return pd.Series((1 + (reference <= values[:, None]).sum(1)) / (changes + 1), part.index)


def from_which(true):
    """The smallest size from which on all are true, by damage; infinite if the largest is not."""
    true = true.sort_index(level="size", ascending=False)
    keys = [name for name in true.index.names if name != "size"]
    holds = true.groupby(level=keys).cummin().astype(bool)
    sizes = true.index.get_level_values("size").to_series(index=true.index)
    return sizes.where(holds, np.inf).groupby(level=keys).min()


found["p"] = pd.concat([p_of(*place) for place in found.groupby(["layer", *CELL])])
# what is undefined in one of the layers is left out, or it would be judged on other layers
known = found.groupby(CELL).p.transform(lambda p: p.notna().all())
tested = found[known].assign(alarm=lambda rows: rows.p <= level + 1e-12)
shares = tested.groupby([*CELL, "damage", "size"]).alarm.mean()
noticed = from_which(shares >= DETECTED).unstack("damage")
does_harm = pd.Series(np.inf, list(noticed.columns), name="size", dtype=float)
if harm:
    lost = pd.DataFrame(harm).groupby(["damage", "size"]).lost.mean()
    does_harm.update(from_which(lost >= COSTS - 1e-12))
harmful = does_harm.index[np.isfinite(does_harm)]
tally = pd.DataFrame(
    {
        "in_time": (noticed[harmful] <= does_harm[harmful]).sum(axis=1),
        "for_nothing": np.isfinite(noticed.drop(columns=harmful)).sum(axis=1),
    }
).sort_values(["in_time", "for_nothing"], ascending=[False, True], kind="stable")

# %% [markdown]
# ## What it means
#
# The thresholds behind these sentences are in the code.

# %%
TITLES = {
    "principal": "leading directions deleted",
    "directions": "random directions deleted",
    "channels": "channels set to zero",
    "pruned": "weights pruned, not trained again",
    "noise": "noise on the weights",
    "shift": "some images shifted",
    "outliers": "outliers",
}


def named(cells):
    by_matrix = {}
    for metric, reshape in cells:
        by_matrix.setdefault(reshape, []).append(METRICS[metric])
    return "; ".join(f"{enumerate_words(of)} on *{reshape}*" for reshape, of in by_matrix.items())


harm_is = (
    "it costs a point of accuracy on these images"
    if labelled
    else f"the network gives another class to {percent(COSTS, 0)} of these images"
)
said = [
    f"**How sure is that?** There are {count(changes, 'harmless change')} to compare with. Another one "
    f"would be taken for damage in {percent(level, 0)} of all cases, if it were like these."
    + ("" if level <= LEVEL else f" Give {round(1 / LEVEL) + 1} versions for {percent(LEVEL, 0)}.")
]
if truth is None:
    said.append("**What does harm is not known**, since the network's answers are no classes.")
elif not len(harmful):
    said.append(f"**No damage of these sizes does harm**: of none can it be said that {harm_is}.")
elif tally.empty or not tally.in_time.max():
    said.append(
        f"**Trust no metric to warn you here.** None notices any damage by the time {harm_is}."
    )
else:
    most, least = tally.in_time.max(), tally.in_time.min()
    best = tally[tally.in_time == most]
    best = best[best.for_nothing == best.for_nothing.min()]
    rest = len(noticed.columns) - len(harmful)
    said.append(
        f"**Take {named(best.index)}**: {most} of {count(len(harmful), 'kind')} of damage noticed by the "
        f"time {harm_is}, and {best.for_nothing.iloc[0]} of {rest} that do no harm."
    )
    if least < most:
        worst = tally.index[tally.in_time == least]
        said.append(f"**Not {named(worst)}**: {least or 'none'} of them in time.")
    missed = [TITLES[d] for d in harmful if not (noticed[d] <= does_harm[d]).any()]
    if missed:
        said.append(f"**No metric notices in time:** {enumerate_words(missed)}.")
order = [
    rank_correlation(part.change, part.value) for _, part in harmless.groupby(["layer", *CELL])
]
if np.nanmean(order or [np.nan]) > STILL_LEARNING:
    said.append(
        "**The network was still learning.** The first changes are larger than the last, and hide "
        "damage. Begin with a later version."
    )
Markdown("\n".join(f"- {sentence}" for sentence in said))

# %% [markdown]
# ## The smallest damage that is noticed
#
# Sizes are shares of the directions, channels or weights; noise is in units of the weights' root mean
# square, a shift in units of the representations' length, and an outlier grows by so many times its
# size. The first row is the smallest damage that does harm. A size in brackets is noticed too late, a
# dash never. *In time* counts the kinds of damage that do harm and are noticed by then, *For nothing*
# those that do none at these sizes and are noticed all the same. *channels*: a row is a position; *flat*:
# an image with all positions; *gap*: an image with the mean over its positions.


# %%
def shown(size_of, limit=np.inf):
    if not np.isfinite(size_of):
        return "-"
    text = str(Fraction(size_of).limit_denominator(64))
    return f"({text})" if size_of > limit else text


heads = [name for name in TITLES if name in noticed]
rows = [["What does harm", "", *(shown(does_harm[name]) for name in heads), "", ""]] if harm else []
for (metric, reshape), counted in tally.iterrows():
    sizes = noticed.loc[(metric, reshape)]
    cells = [shown(sizes[name], does_harm[name]) for name in heads]
    rows.append([METRICS[metric], reshape, *cells, *map(str, counted)])
ends = ["In time", "For nothing"]
display(Table(["Metric", "Matrix", *(TITLES[name] for name in heads), *ends], rows))

# %% [markdown]
# The kinds of damage, and what is known of this way to ask, are on the page "Which metric for
# compression?" of the book.
