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
# # Two networks, layer by layer
#
# **How similar are A and B, where do they differ, and what follows from it?**

# %% tags=["parameters"]
a = "resnet18"
b = "resnet18"
a_weights = ""
b_weights = ""
images = "images"
layers = ""
size = 224
permutations = 20
cores = 0

# %%
import os
import sys
import time
from functools import partial

import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from tqdm import tqdm

from lib import ROOT, compare_networks
from lib.book.report.figure import PanelFigure
from lib.book.report.format import count, number, percent, plain
from lib.book.report.names import METRICS, enumerate_words
from lib.book.report.style import INK
from lib.book.report.tables import Table
from lib.book.user_networks import load_user_network
from lib.compare.compared_network import unwrapped
from lib.compare.images import FileBatches, Files
from lib.compare.layers import trace
from lib.models.recording import evaluating, modules_of, tensors_in

os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"  # no file of weights may execute anything
torch.set_num_threads(cores or getattr(os, "process_cpu_count", os.cpu_count)())
took = {}


def timed(what, compute):
    """The result of a step, whose time is noted."""
    print(f"{what} ...", file=sys.stderr)  # for the terminal alone, not for the page
    start = time.monotonic()
    result = compute()
    took[what] = time.monotonic() - start
    return result


def progress():
    """What says every few seconds how far a comparison is."""
    first, said = 0, 0

    def say(done, total):
        nonlocal first, said
        now = time.monotonic()
        if done == 1:  # that took longer, since the networks have seen the images before
            first = said = now
        elif now > said + 5:
            said = now
            left = tqdm.format_interval((now - first) / (done - 1) * (total - done))
            print(f"{done} of {total} numbers, {left} left", file=sys.stderr)

    return say


# %%
pictures = Files(images, size)
given = {"A": (a, a_weights), "B": (b, b_weights)}
networks = {
    name: unwrapped(timed(f"read {name}", partial(load_user_network, *given[name])))
    for name in given
}
fresh = [name for name, (what, file) in given.items() if not (file or ":" in what)]
quantised = any(
    "quantized" in type(module).__module__
    for network in networks.values()
    for module in network.modules()
)  # for which PyTorch has nothing on a GPU
device = "cuda" if torch.cuda.is_available() and not quantised else "cpu"


def weights_of(network):
    """The weights as they count: what is masked as it is left, what is packed as it was."""
    for module in network.modules():
        own = [name for name, p in module.named_parameters(recurse=False) if p.ndim > 1]
        yield from (getattr(module, name.removesuffix("_orig")) for name in own)
        if callable(packed := getattr(module, "weight", None)):
            yield packed().dequantize()


rows = []
for name, (what, file) in given.items():
    weights = list(weights_of(networks[name]))
    total = sum(tensor.numel() for tensor in weights)
    left = sum(int(tensor.count_nonzero()) for tensor in weights)
    source = file or ("fresh, not trained" if name in fresh else "what the function gives it")
    rows.append([name, what, source, f"{total:,}", percent(left / total if total else np.nan)])
display(Table(["Network", "What", "Weights from", "Weights", "Not zero"], rows, cards=True))
Markdown(
    f"{count(len(pictures), 'image')} of {plain(images)}, cut to {size} × {size} and normalised as "
    "for torchvision's networks."
)

# %%
sides = [side.replace(",", " ").split() for side in layers.split(";")] if layers else []
modules = [{*modules_of(network)} for network in networks.values()]
in_both, in_any = modules[0] & modules[1], modules[0] | modules[1]
counterparts = len(sides) == 1 or (not sides and 2 * len(in_both) > len(in_any))
compared = partial(
    compare_networks, *networks.values(), images, device=device, image_size=size, say=None
)
every = timed(
    "all pairs of layers, by CKA",
    lambda: compared(
        tuple(sides * 2 if len(sides) == 1 else sides) or None,
        metrics=["cka"],
        pairs="all",
        progress=progress(),
    ),
)
same = every[:0]
if counterparts:
    same = timed(
        "layers with their counterparts, by four metrics",
        lambda: compared(
            sides[0] if sides else None, permutations=permutations, progress=progress()
        ),
    )

# %%
folders = [str(file.relative_to(images).parent) for file in pictures.files]
classes = sorted(set(folders))
labels = torch.tensor([classes.index(folder) for folder in folders])


def answers(network):
    """(the class that the network gives to each image, how many classes it has), if it has any."""
    dtype = next((p.dtype for p in network.to(device).parameters()), torch.float32)
    found, outputs = [], 0
    with evaluating(network):
        for batch in FileBatches(pictures, 64):
            logits = next(tensors_in(network(batch.to(device, dtype))))
            if logits.ndim != 2:
                return torch.empty(0), 0
            outputs = logits.shape[1]
            found.append(logits.argmax(1).cpu())
    return torch.cat(found), outputs


answer, outputs = {}, {}
for name, network in networks.items():
    answer[name], outputs[name] = timed(f"answers of {name}", partial(answers, network))
comparable = outputs["A"] == outputs["B"] > 1
labelled = comparable and len(classes) == outputs["A"]
right = {name: answer[name] == labels for name in networks if labelled}

# %%
names = list(dict.fromkeys(same.layer_x))
by_metric = {
    metric: rows.set_index("layer_x") for metric, rows in same.groupby("metric", sort=False)
}


def above_null(rows):
    """1 for equal representations, 0 for what shuffled images give."""
    return (rows.value - rows.null_mean) / (1 - rows.null_mean)


above = pd.DataFrame(
    {metric: above_null(rows) for metric, rows in by_metric.items()}, index=names, dtype=float
)
square = every.pivot_table("value", "layer_x", "layer_y", sort=False, dropna=False)
closest = square.dropna(how="all").idxmax(axis=1)
counted = ["rank_x", "rank_y", "dead_x", "dead_y"]
by_channel = same.sort_values("reshape", key=lambda column: column == "flat", kind="stable")
sizes = by_channel.groupby("layer_x")[counted].first().reindex(names)

dtype = next((p.dtype for p in networks["B"].parameters()), torch.float32)
with evaluating(networks["B"]):
    calls = trace(networks["B"], next(iter(FileBatches(pictures, 2))).to(device, dtype))
output = [name for name, call in calls.items() if call.leaf][-1:]
channels = {
    name: call.output.shape[-1 if call.channels == "last" else 1]
    for name, call in calls.items()
    if call.output.ndim > 1
}

# %% [markdown]
# ## What it means, and what to do
#
# The thresholds behind these sentences are in the code.

# %%
ALIKE, CHANGED, DISAGREE, NARROWER, LEVEL = 0.99, 0.9, 0.3, 0.8, 0.05
found = []


def listed(layers):
    """The first few, in words."""
    layers = [plain(str(layer)) for layer in dict.fromkeys(layers)]
    return ", ".join(layers[:4]) + (f" and {len(layers) - 4} more" if len(layers) > 4 else "")


if fresh:
    found.append(
        f"**{' and '.join(fresh)} {'is' if len(fresh) == 1 else 'are'} not trained.** Give "
        f"{' and '.join(f'{name}_WEIGHTS' for name in fresh)} to compare trained networks."
    )
if not comparable:
    found.append(
        "**Their answers cannot be compared**, since they do not have the same number of classes. "
        "Judge by the layers."
    )
else:
    agree = float((answer["A"] == answer["B"]).double().mean())
    if len(set(answer["A"].tolist() + answer["B"].tolist())) == 1:
        found.append(
            "**Both give one class to all images**, so their answers say little. Take images of "
            "several of their classes, normalised as the networks expect."
        )
    elif agree >= ALIKE:
        found.append(
            f"**They answer alike**, with the same class for {percent(agree, 1)} of the images. "
            "What differs in the layers hardly reaches the answer."
        )
    else:
        found.append(
            f"**They answer differently** for {percent(1 - agree, 1)} of the images. Look at those "
            "before one replaces the other."
        )
if right:
    only = [int((right[x] & ~right[y]).sum()) for x, y in ("AB", "BA")]
    if abs(only[0] - only[1]) > 2 * sum(only) ** 0.5:  # McNemar's test
        better, worse = "AB" if only[0] > only[1] else "BA"
        found.append(
            f"**{better} is the more accurate one.** It alone is right on {max(only)} images, "
            f"{worse} alone on {min(only)}."
        )
    else:
        found.append(
            "**Neither is shown to be more accurate.** On "
            f"{sum(only)} of {len(pictures)} images only one is right. To tell smaller "
            "differences, take more images."
        )
if counterparts:
    mean = above.mean(axis=1).dropna()
    changed = mean[mean < CHANGED]
    if len(mean) and not len(changed):
        found.append(
            f"**No layer has changed much.** The least similar one, {listed([mean.idxmin()])}, is "
            f"{percent(mean.min())} of the way from shuffled images to equality."
        )
    elif len(mean):
        found.append(
            f"**They part at {listed(changed.index[:1])}** and differ most in "
            f"{listed([mean.idxmin()])}, which is only {percent(mean.min())} of the way from "
            "shuffled images to equality. If B has to come closer to A, begin there: change "
            "those layers less, or train them longer."
        )
    unrelated = {}
    for metric, rows in by_metric.items():
        unrelated.setdefault(tuple(rows.index[rows.p_value > LEVEL]), []).append(METRICS[metric])
    for there, metrics in unrelated.items():
        if there:
            found.append(
                f"**Nothing in common is found** in {listed(there)} by {enumerate_words(metrics)}, "
                "no more than shuffled images have. Take more images, or call these layers "
                "unrelated."
            )
    spread = (above.max(axis=1) - above.min(axis=1)).dropna()
    if len(spread) and spread.max() > DISAGREE:
        there = above.loc[spread.idxmax()]
        found.append(
            f"**The metrics disagree**, most in {listed([spread.idxmax()])}. Of the way from "
            f"shuffled images to equality, {METRICS[there.idxmax()]} finds {percent(there.max())} "
            f"there, {METRICS[there.idxmin()]} {percent(there.min())}. Two things differ: CKA and "
            "NBS take whole maps as rows, and follow the directions with most variance; SVCCA and "
            "PWCCA take every position as a row, and count weak directions as much as strong ones. "
            "Report one of each kind, and say what its rows were."
        )
    hidden = sizes.drop(output, errors="ignore")
    more = hidden.index[(hidden.dead_y > hidden.dead_x) & (hidden.rank_y > 0)]
    if len(more):
        dead = int((sizes.dead_y - sizes.dead_x)[more].sum())
        found.append(
            f"**B has {count(dead, 'more dead channel')} than A**, in {listed(more)}. For such "
            "images they can be removed, if their constant output is added to the next bias."
        )
    width = pd.Series(channels).reindex(hidden.index)  # a narrower layer may use all that it has
    narrow = hidden.index[hidden.rank_y < NARROWER * np.fmin(hidden.rank_x, width)]
    if len(narrow):
        found.append(
            f"**B uses fewer directions than A** in {listed(narrow)}, and fewer than it has channels. "
            "Narrower layers might do."
        )
else:
    ways = every.assign(way=above_null(every))
    best = ways.dropna(subset="way").groupby("layer_x", sort=False).way.idxmax()
    if len(best):
        best = ways.loc[best].set_index("layer_x")
        x, least = best.way.idxmax(), best.way.idxmin()
        found.append(
            f"**The closest layers are {listed([x])} of A and {listed([best.layer_y[x]])} of B.** CKA "
            f"is {number(best.value[x])} there, {percent(best.way[x])} of the way from shuffled "
            "images to equality. To compare other layers, set LAYERS."
        )
        if best.p_value[least] > LEVEL:
            found.append(
                f"**No layer of B is like {listed([least])} of A**: the closest one has no more in "
                "common with it than shuffled images have. Take more images, or call it unrelated."
            )
        elif best.way[least] < CHANGED:
            found.append(
                f"**{listed([least])} of A is furthest from all layers of B.** The closest one, "
                f"{listed([best.layer_y[least]])}, is {percent(best.way[least])} of the way."
            )
judged = same if counterparts else every
for metric, rows in judged[judged.value.isna()].groupby("metric", sort=False):
    found.append(
        f"**{METRICS[metric]} could not be computed** in {listed(rows.layer_x)}. The first of these: "
        f"{plain(rows.note.iloc[0])}."
    )
Markdown("\n".join(f"- {sentence}" for sentence in found))

# %% [markdown]
# ## The answers
#
# If all images lie in folders, the folders are the classes, in alphabetical order. Where the networks
# have as many outputs as there are classes, it is known which answers are right.

# %%
rows = [["The same class from both", percent(agree, 1) if comparable else "-"]]
for name in networks:
    rows.append([f"{name} is right", percent(right[name].double().mean(), 1) if right else "-"])
Table(["Answers", "Of the images"], rows, numeric=["Of the images"])

# %% [markdown]
# ## Each layer with its counterpart
#
# A metric gives 1 to representations that are equal up to what it ignores. The null is what it gives
# when the images of B are shuffled, so that nothing is left to compare. A value means something only as
# far as it exceeds its null. Layers have counterparts if most modules of A and B have the same names.

# %%
figure = PanelFigure("same", shared=True)
drawn = {metric: rows for metric, rows in by_metric.items() if rows.value.notna().any()}
for metric, rows in drawn.items():
    line = rows.reindex(names)
    axes = figure.panel(METRICS[metric], left=0.1, bottom=0.31)
    x, spread = range(len(names)), 2 * line.null_sd.fillna(0)
    low, high = (line.null_mean - spread).clip(lower=0), line.null_mean + spread
    axes.fill_between(x, low, high, color=INK, alpha=0.12, linewidth=0)
    axes.plot(x, line.null_mean, color=INK, linestyle="--", linewidth=0.7, label="null, ± 2 sd")
    axes.plot(x, line.value, color="#0067a5", marker="o", markersize=3, label="A and B")
    step = -(-len(names) // 24)
    shown = [name if len(name) < 17 else f"…{name[-15:]}" for name in names[::step]]
    axes.set_xticks(x[::step], shown, rotation=90, fontsize=7, parse_math=False)
why = "LAYERS names those of each" if sides else "too few of their modules have the same names"
if counterparts:
    why = "no value could be computed"
figure if drawn else Markdown(f"There is nothing to draw: {why}.")

# %% [markdown]
# ## All pairs of layers, by CKA
#
# Layers of A run from top to bottom, those of B from left to right. Where layers are most similar to
# their counterparts, the diagonal is the brightest. In a bright block, layers mostly pass on what they
# receive.

# %%
heat = PanelFigure("pairs")
axes = heat.panel("CKA", left=0.25, bottom=0.27)
axes.grid(False)
axes.pcolormesh(square.to_numpy(), cmap="viridis", vmin=0, vmax=1)
for (i, j), value in np.ndenumerate(square.to_numpy()):
    colour = "#111111" if value > 0.6 else "#fefefe"
    axes.text(j + 0.5, i + 0.5, number(value), color=colour, fontsize=5, ha="center", va="center")
small = {"fontsize": 6.5, "parse_math": False}
axes.set_xticks(np.arange(square.shape[1]) + 0.5, square.columns, rotation=90, **small)
axes.set_yticks(np.arange(square.shape[0]) + 0.5, square.index, **small)
axes.invert_yaxis()
axes.set_label("; ".join(f"{x} of A is closest to {y} of B" for x, y in closest.items()))
heat

# %% [markdown]
# ## Channels and directions
#
# A channel is dead if it has the same output for all images. The rank is the number of directions in
# which the activations vary. Without counterparts, each position of a channel counts separately.

# %%
for side, heads in (("x", "A"), ("y", "B")):
    if not counterparts:
        table = every.groupby(f"layer_{side}", sort=False)[[f"rank_{side}", f"dead_{side}"]].first()
        display(Table.of(table.set_axis(["Rank", "Dead"], axis=1).rename_axis(f"Layer of {heads}")))
if counterparts:
    heads = ["Rank, A", "Rank, B", "Dead, A", "Dead, B"]
    display(Table.of(sizes.set_axis(heads, axis=1).rename_axis("Layer")))

# %% [markdown]
# ## How it was computed

# %%
threads = torch.get_num_threads()
where = torch.cuda.get_device_name() if device == "cuda" else count(threads, "processor core")
rows = [[what, f"{seconds:.1f} s"] for what, seconds in took.items()]
display(Table([f"On {where}, with PyTorch {torch.__version__}", "Time"], rows, numeric=["Time"]))
print("\n".join(dict.fromkeys(filter(None, (t.attrs.get("layers") for t in (same, every))))))

# %% [markdown]
# ## How to cite

# %%
print((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
