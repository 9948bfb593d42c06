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
# # Methods
#
# **What exactly is compared with what?**
#
# Five steps lead from images to the figures of this book. They follow section 4 of
# {cite:t}`ansuini2020investigating`.
#
# 1. **Train.** A convolutional network learns to classify images. This is the *complete* network.
# 2. **Prune.** The weights of smallest magnitude are set to zero, over all convolutions together, and the
#    network is trained again with its whole learning-rate schedule. This is repeated. Each repetition is
#    an *iteration*, the whole sequence a *run*. Runs that start from the same complete network differ
#    only in the order of the images and in their augmentation. The method is iterative magnitude pruning
#    {cite}`han2015learning` with learning-rate rewinding {cite}`renda2020comparing`.
# 3. **Record.** The complete and the pruned networks see the same probe images. The output of each
#    layer for all these images is the layer's *representation*.
# 4. **Compare.** Each layer of a pruned network is compared with the same layer of the complete
#    one, by several similarity metrics.
# 5. **Average.** The figures show means over the runs.

# %% tags=["parameters"]
results = "results"

# %% [markdown]
# ## Data and scale

# %% tags=["remove-input"]
from IPython.display import Markdown, display

from lib.book.report.page import open_study

study = open_study(results)
settings = {name: study.settings(name) for name in study.experiments}

# %% [markdown]
# {doc}`data` says which images these are, and how many of them the networks are trained and compared on.
#
# ## Metrics
#
# A metric takes two representations of the same $n$ images and returns a number from 0 to 1. One means
# identical, up to changes that the metric ignores. {doc}`similarity_metrics` has the equations and
# computes each by hand; {doc}`what_a_value_means` shows how to read a value.
#
# **The CCA family** looks for the directions in which two representations agree best. Each position
# of each image is one observation, so $n$ images with $c$ channels of $h \times w$ positions become
# a matrix of $nhw$ rows and $c$ columns.
#
# - *SVCCA* {cite}`raghu2017svcca` first keeps the principal directions that carry 99 % of the
#   variance, then takes the mean canonical correlation {cite}`hotelling1936relations`.
# - *PWCCA* {cite}`morcos2018insights` weighs the correlations by how much of the layer their
#   directions carry.
#
# **The kernel family** asks whether the same pairs of images are close in both representations.
# Each image is one observation with $chw$ features, and the Gram matrix holds their inner products.
#
# - *CKA* {cite}`kornblith2019similarity` is the cosine of the two centred Gram matrices.
# - *NBS* {cite}`tang2020similarity` is their fidelity. The paper's equation 7 is misprinted
#   ({ref}`why <misprint>`), so the book follows the definition of its source.
#
# A fifth metric, the *cosine*, serves the output layers only ({doc}`output_layers`).
#
# **Nulls.** Two unrelated representations seldom get a 0. So each similarity after the last
# iteration has a *null* beside it: the mean value for the same two representations when the images of one
# of them are shuffled.
#
# ## Networks
#
# The figures and the tables show the recorded layers in forward order. Both are read from the networks
# themselves. A box is as high as its maps and as wide as its channels, on logarithmic scales. Dashed
# boxes are not recorded. Convolutions are recorded after batch normalisation and ReLU, sums of residual
# blocks after the addition, outputs before softmax (paper, section 5.2). "Output" gives channels, height
# and width.

# %% [markdown]
# The code that reads and draws the networks is folded here.

# %% tags=["hide-input", "definitions"]
import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lib.book.report.names import KINDS, NETWORKS, title
from lib.book.report.networks import layer_table
from lib.book.report.panels import box_swatch, legend_entry
from lib.book.report.style import KIND_COLOURS, page_colours
from lib.models import build_model, recorded_layers

NOT_RECORDED = ""
"""The kind of the image and of what lies between recorded layers."""

Skips = tuple[tuple[str, str], ...]


class Layer(NamedTuple):
    """A layer as it is drawn; `shape` is that of its output for one image."""

    name: str
    kind: str
    shape: tuple[int, ...]


@torch.no_grad()
def trace(
    network: torch.nn.Module, image: torch.Tensor
) -> tuple[dict[str, tuple[int, ...]], Skips]:
    """{layer: shape of its output for one image} in the order of the calls, and all skips.

    Args:
        network: it says which of its layers are recorded.
        image: (1, c, h, w).

    Raises:
        ValueError: a sum is of something that is no recorded layer's output.
    """
    kinds = dict(recorded_layers(network))
    shapes: dict[str, tuple[int, ...]] = {}
    outputs: dict[str, torch.Tensor] = {}
    skips = []

    def hook(name: str):
        def look(module: torch.nn.Module, args: tuple, output: torch.Tensor) -> None:
            for arg in args if kinds.get(name) == "add" else ():
                # an output may pass several modules unchanged: the last is the nearest
                sources = [source for source, known in outputs.items() if known is arg]
                if not sources:
                    raise ValueError(f"{name} adds what no recorded layer gives")
                if sources[-1] != list(outputs)[-1]:
                    skips.append((sources[-1], name))
            shapes[name] = tuple(output.shape[1:])
            if name in kinds:
                outputs[name] = output

        return look

    with ExitStack() as hooks:
        for name, module in network.named_children():
            hooks.enter_context(module.register_forward_hook(hook(name)))
        network.eval()(image)
    return shapes, tuple(skips)


def grouped(layers: list[Layer], skips: Skips) -> tuple[tuple[Layer, ...], ...]:
    """Groups end after the image, a pool or a sum, but never below a skip connection.

    Where a chain of blocks makes each sum the start of the next skip, groups end between the two.
    """
    place = {layer.name: i for i, layer in enumerate(layers)}
    spans = [(place[source], place[target]) for source, target in skips]
    groups: list[list[Layer]] = [[]]
    for i, layer in enumerate(layers):
        groups[-1].append(layer)
        start = i if layer.kind == "add" else i + 1
        below = any(first < start and i < last for first, last in spans)
        if i == 0 or (layer.kind in ("pool", "add") and not below):
            groups.append([])
    return tuple(tuple(group) for group in groups if group)


# %% tags=["hide-input", "definitions"]
SLOT, HEIGHT, MIDDLE, LANE = 60, 138, 62, 7
"""Pixels: width of a layer's place, height of the picture, where the main line runs, and where a
skip connection runs, above all boxes."""


def drawing(group: tuple[Layer, ...], skips: Skips, *, comes: bool, goes: bool) -> str:
    """One group as SVG; `comes` and `goes`: whether a line enters from the left, leaves right."""
    width = SLOT * len(group)
    centres = {layer.name: SLOT * i + SLOT / 2 for i, layer in enumerate(group)}
    heights = {layer.name: extent(layer)[1] for layer in group}
    parts, end = [], 0.0
    for layer in group:
        centre, half = centres[layer.name], extent(layer)[0] / 2
        if comes or layer is not group[0]:
            parts.append(line(end, centre - half))
            head = f"M{centre - half:g} {MIDDLE}l-4.5 -2.6v5.2Z"
            parts.append(f'<path d="{head}" style="fill:currentColor;opacity:.8"/>')
        parts.append(box(layer, centre))
        end = centre + half
    if goes:
        parts.append(line(end, width))
    for source, target in skips:
        if target in centres:
            start = centres[source] + SLOT / 2 if source in centres else 1
            parts.append(skip(start, centres[target], MIDDLE - heights[target] / 2))
    return (
        f'<svg viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        'aria-hidden="true" style="flex:0 1 auto;min-width:0;height:auto;font-size:11px">'
        f"{''.join(parts)}</svg>"
    )


def extent(layer: Layer) -> tuple[float, float]:
    """Width and height of a box in pixels."""
    channels, size = layer.shape[0], layer.shape[1] if len(layer.shape) > 1 else 1
    return round(6 + 3 * math.log2(channels), 1), 14 + 14 * math.log2(size)


def box(layer: Layer, centre: float) -> str:
    width, height = extent(layer)
    look = "fill:none;stroke:currentColor;stroke-dasharray:2.5 2"
    if layer.kind != NOT_RECORDED:
        colour = page_colours()[KIND_COLOURS[layer.kind]]
        look = f"fill:{colour};fill-opacity:.3;stroke:{colour};stroke-width:1.3"
    caption = (
        f'<text x="{centre:g}" y="{{}}" fill="currentColor" text-anchor="middle"{{}}>{{}}</text>'
    )
    size = "\u00d7".join(map(str, layer.shape))
    return (
        f'<rect x="{centre - width / 2:g}" y="{MIDDLE - height / 2:g}" width="{width:g}" '
        f'height="{height:g}" rx="2" style="{look}"/>'
        + caption.format(119, "", layer.name)
        + caption.format(131, ' style="font-size:10.6px;letter-spacing:-.6px;opacity:.8"', size)
    )


def line(start: float, end: float) -> str:
    return (
        f'<line x1="{start:g}" y1="{MIDDLE}" x2="{end:g}" y2="{MIDDLE}" '
        'style="stroke:currentColor;opacity:.7"/>'
    )


def skip(start: float, end: float, top: float) -> str:
    """From the line behind a box, over the others, down to the top of the sum's box."""
    colour = page_colours()[KIND_COLOURS["add"]]
    path = f"M{start:g} {MIDDLE}V{LANE + 6}q0 -6 6 -6H{end - 6:g}q6 0 6 6V{top:g}"
    head = f"M{end:g} {top:g}l-2.8 -5h5.6Z"
    return (
        f'<path d="{path}" style="fill:none;stroke:{colour};stroke-width:1.6"/>'
        f'<path d="{head}" style="fill:{colour}"/>'
    )


# %% tags=["hide-input", "definitions"]
@dataclass(frozen=True)
class Schematic:
    """The layers of a network as boxes in forward order, with its skip connections.

    A box is as high as its maps and as wide as its channels, both on a logarithmic scale. Boxes
    stand in groups that are never torn apart; the row of groups wraps where the page is narrow.

    Attributes:
        model: a key of `lib.models.MODELS`.
        groups: the layers in forward order, the image first.
        skips: (from, to) layers; both in the same group, or `from` ends the group before.
    """

    model: str
    groups: tuple[tuple[Layer, ...], ...]
    skips: Skips

    def _repr_html_(self) -> str:
        colours = page_colours()
        kinds = {layer.kind for group in self.groups for layer in group}
        legend = "".join(
            legend_entry(KINDS[kind], box_swatch([colours[colour]]))
            for kind, colour in KIND_COLOURS.items()
            if kind in kinds
        )
        last = len(self.groups) - 1
        drawings = "".join(
            drawing(group, self.skips, comes=i > 0, goes=i < last)
            for i, group in enumerate(self.groups)
        )
        return (
            f'<div class="panels"><div class="panel-legend">{legend}</div>'
            f'<div role="img" aria-label="{self}" '
            f'style="display:flex;flex-wrap:wrap">{drawings}</div></div>'
        )

    def __repr__(self) -> str:
        layers = sum(map(len, self.groups)) - 1
        return f"The {layers} layers of {title(NETWORKS, self.model)} in forward order"


def schematic(model: str, width: float = 1.0) -> Schematic:
    """The picture of a network of `lib.models`; kinds, sizes and connections are its own.

    Args:
        model: a key of `lib.models.MODELS`.
        width: factor on the channels.
    """
    network = build_model(model, width=width, generator=torch.Generator().manual_seed(0))
    image = torch.zeros(1, 3, 32, 32)
    shapes, skips = trace(network, image)
    kinds = {"image": NOT_RECORDED, **dict(recorded_layers(network))}
    shapes = {"image": tuple(image.shape[1:]), **shapes}
    layers = [Layer(name, kinds.get(name, NOT_RECORDED), shapes[name]) for name in shapes]
    return Schematic(model, grouped(layers, skips), skips)


# %% [markdown]
# ### VGG16_BN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-network-vgg16-bn", "caption": "VGG16_BN (paper, Fig. 1), at the width that this book computes with."}}
schematic("vgg16_bn", settings["vgg16_bn"]["width"])

# %% tags=["hide-input"]
layer_table("vgg16_bn", settings["vgg16_bn"]["width"])

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-network-vgg-svhn", "caption": "VGG_SVHN (paper, Fig. 2), at the width that this book computes with."}}
schematic("vgg_svhn", settings["vgg_svhn"]["width"])

# %% tags=["hide-input"]
layer_table("vgg_svhn", settings["vgg_svhn"]["width"])

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-network-resnet-fast", "caption": "ResNet_fast (paper, Fig. 3), at the width that this book computes with. Two connections skip a residual block each."}}
schematic("resnet_fast", settings["resnet_fast"]["width"])

# %% tags=["hide-input"]
layer_table("resnet_fast", settings["resnet_fast"]["width"])

# %% [markdown]
# ## Controls and variants
#
# If a pruned network differs from its complete one, pruning need not be the reason. Two networks also
# differ if they started from other weights, if one was trained for longer, or if it merely has fewer
# weights, no matter which. Controls tell these causes apart. The same code also prunes in other ways. Each
# variant is one line of settings and runs on every network: `make study EXPERIMENTS="vgg_svhn vgg_svhn_one_shot"`.

# %% tags=["hide-output", "hide-input"]
from lib.book.report.tables import Table

rows = []
for variant in study.provenance.get("variants", []):
    bases = [name for name in study.experiments if f"{name}_{variant['name']}" in study.variants]
    networks_here = ", ".join(study.network(name) for name in bases) or "-"
    rows.append((variant["name"], variant["kind"], variant["about"], networks_here))
header = ["Variant", "Kind", "What is different", "Measured here for"]
Table(header, rows, cards=True, nothing="There are none.")

# %% [markdown]
# ## Hyperparameters
#
# Every value is declared once, for a study at full scale, with its source: the paper, where it gives the
# value; otherwise the code or papers that it builds on; otherwise our own choice. The tables show what
# this study sets differently, and why. The values that are as at full scale are folded below each table.
# "The authors' public code" is the branch `master` of {cite:t}`ansuini2020code`.

# %% [markdown]
# ### Hyperparameters of VGG16_BN

# %% tags=["hide-output", "hide-input"]
from lib.book.report import recipes

recipes.deviations(study, "vgg16_bn")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg16_bn")

# %% [markdown]
# ### Hyperparameters of VGG_SVHN

# %% tags=["hide-output", "hide-input"]
recipes.deviations(study, "vgg_svhn")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg_svhn")

# %% [markdown]
# ### Hyperparameters of ResNet_fast

# %% tags=["hide-output", "hide-input"]
recipes.deviations(study, "resnet_fast")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "resnet_fast")

# %% [markdown]
# ### What is the same at every scale
#
# The initial weights and the normalisation of the images are the same at every scale. The paper specifies
# neither.

# %% tags=["hide-input"]
from lib.data import KNOWN

code, open_lth, fast = (
    "authors' public code (master)",
    "open_lth (Renda et al.)",
    "cifar10-fast",
)
svhn, cifar10 = KNOWN["svhn"], KNOWN["cifar10"]


def each(numbers, decimals):
    return ", ".join(f"{number:.{decimals}f}" for number in numbers)


fixed = [
    (
        "initial weights of convolutions",
        "normal, variance 2 / fan-in (He et al. 2015)",
        "open_lth (Renda et al.); the paper does not say",
    ),
    (
        "initial weights of the output layer",
        "uniform within 1 / √fan-in; bias 0",
        "PyTorch's default, without the random bias; the paper does not say",
    ),
    (
        "initial batch normalisation",
        "weight 1, bias 0",
        "PyTorch's default; the paper does not say",
    ),
    (
        "normalisation of SVHN",
        f"mean {each(svhn.mean, 1)}; standard deviation {each(svhn.std, 1)}",
        f"{code}; the paper does not say",
    ),
    (
        "normalisation of CIFAR-10",
        f"mean {each(cifar10.mean, 4)}; standard deviation {each(cifar10.std, 4)}",
        "those of all training pixels; the paper does not say",
    ),
]
Table(["What", "Here", "Source"], fixed, cards=True)

# %% [markdown]
# ## What the sources do differently
#
# The paper leaves details to its references and to its authors' code, which do not always agree with it,
# nor with each other. The table lists the differences that we know of. The authors' code has two later
# branches, `lect` and `keynote_lect`, made for lectures; where they correct something, the table says so.

# %% tags=["hide-output", "hide-input"]
from lib.study.paper import DECLARED

differences = [
    (
        "learning rate of a re-training",
        code,
        "one optimiser for all iterations, whose rate only falls",
        "a new optimiser and a new schedule each time",
        "rewinding is what the paper describes (section 4)",
    ),
    (
        "pruned weights",
        code,
        "only gradients are masked, so momentum moves them off zero again",
        "weights and momentum are zero after each step",
        "a pruned weight is one that stays away (section 3.1)",
    ),
    (
        "masks",
        code,
        "each is computed from all weights",
        "nested: only survivors can go",
        "20 % of the survivors go each time (section 4)",
    ),
    (
        "what is prunable",
        code,
        "convolutions; a pattern catches batch normalisation too",
        "weights of convolutions and hidden linear layers",
        "as the paper's counts of parameters say",
    ),
    (
        "test images",
        code,
        "augmented like training images",
        "never augmented",
        "a test measures the network, not the augmentation",
    ),
    (
        "gradient clipping",
        code,
        "norm at most 1",
        "none",
        "the paper does not mention it",
    ),
    (
        "mean of the canonical correlations",
        code,
        "of those that carry 98 % of the sum",
        "plain; theirs by the name svcca_sum98",
        "equation 3 of the paper",
    ),
    (
        "centring of kernels in CKA",
        code,
        "subtracts the mean of each column twice; its branches lect and keynote_lect are right",
        "rows and columns",
        "equation 6 of the paper",
    ),
    (
        "initial weights of convolutions",
        f"{code}; {fast}",
        "PyTorch's default: uniform, variance 1 / (3 fan-in)",
        "normal, variance 2 / fan-in",
        "open_lth (Renda et al.); the paper does not say",
    ),
    (
        "initial weights of batch normalisation in VGG16_BN",
        open_lth,
        "uniform from 0 to 1",
        "1",
        "PyTorch's default; the paper does not say",
    ),
    (
        "padding of crops",
        fast,
        "reflected",
        "black",
        "the paper says only crop; black is torchvision's default",
    ),
    (
        "standard deviation of CIFAR-10",
        code,
        "0.2023, 0.1994, 0.2010",
        f"that of all pixels: {each(cifar10.std, 4)}",
        "theirs is a mean over images of a deviation within each",
    ),
]
others = {
    "vgg16_bn": [
        ("recipe.augmentation.degrees", "rotation, degrees", fast, "none"),
        ("recipe.augmentation.translate", "shift, of the side", fast, "none"),
        ("recipe.optimiser.nesterov", "Nesterov momentum for VGG16_BN", open_lth, "no"),
    ],
    "resnet_fast": [
        (
            "recipe.optimiser",
            "optimiser of ResNet_fast",
            fast,
            "Nesterov momentum; LARS, for each filter, is there but not used",
        ),
        ("recipe.optimiser.trust", "trust coefficient of LARS", fast, "none"),
        ("precision", "precision", fast, "half"),
    ],
}
in_words = {"True": "yes", "False": "no", "0.0": "none"}
for name, values in others.items():
    run = {row["name"]: row["value"] for row in settings[name]["hyperparameters"]}
    run["recipe.optimiser"] = settings[name]["optimiser"]  # in the rows its type alone
    for path, what, source, there in values:
        here = in_words.get(run.get(path, there), run.get(path, there))
        if here != there:
            differences.append((what, source, there, here, DECLARED[name][path].source))
header = ["What", "Source", "There", "Here", "Why"]
Table(header, differences, cards=True)

# %% [markdown]
# ## The trust coefficient of LARS
#
# LARS scales the step of each layer to the norm of its weights, and the *trust coefficient* sets the
# ratio of the two. The paper gives no value. Ours was the best of three when it was declared;
# `python -m benchmarks.trust` repeats the choice, with one more value. It trains complete networks with
# each value and the same seeds, and prefers the highest mean accuracy on training images that were held
# out. It never looks at test images.

# %% tags=["hide-input"]
import pandas as pd

from lib import ROOT
from lib.book.report.format import percent

tried = pd.read_csv(ROOT / "benchmarks" / "trust.csv")
found = tried.groupby("trust").accuracy.agg(["mean", "count"])
declared = float(
    next(
        row["value"]
        for row in settings["resnet_fast"]["hyperparameters"]
        if row["name"] == "recipe.optimiser.trust"
    )
)
rows = [
    (
        f"{trust:g}" + " (in this study)" * (trust == declared),
        percent(row["mean"], 1),
        str(int(row["count"])),
    )
    for trust, row in found.iterrows()
]
header = ["Trust", "Mean accuracy", "Seeds"]
Table(header, rows, numeric=header[1:])

# %% tags=["remove-input"]
margin = found["mean"].max() - found["mean"].get(declared, float("nan"))
scale = tried.iloc[0]
text = (
    f"Each training took {scale.epochs} epochs on {scale.images:,} images, at {scale.width:g} "
    f"of the width; {scale.held_out:,} images were held out. "
)
if declared not in found.index:
    text += f"The value of this study, {declared:g}, was not among them."
elif margin > 0:
    text += f"The best is {percent(margin, 1)} above the value of this study."
else:
    text += "No value is better than that of this study."
display(Markdown(text))

# %% [markdown]
# ## Precision
#
# Training computes in float32, or in bfloat16 where that is chosen; weights and updates are float32 in
# both. To see whether it matters, networks with the same seeds were trained both ways on the small
# handwritten digits ({doc}`data`). The table has means over the seeds with their 95 % intervals; the
# difference is taken seed by seed.

# %% tags=["hide-input"]
from lib.book.report.names import enumerate_words
from lib.book.report.statistics import interval

measured = pd.read_csv(ROOT / "benchmarks" / "precision.csv")
measured["accuracy"] *= 100
both = measured.pivot(index=["network", "seed"], columns="precision", values="accuracy")
both["minus"] = both.bfloat16 - both.float32
rows, differ = [], []
for name, pairs in both[["float32", "bfloat16", "minus"]].groupby(level="network", sort=False):
    found = [interval(pairs[one]) for one in pairs]
    rows.append((NETWORKS[name], str(len(pairs)), *(one.text(1) for one in found)))
    if not found[-1].low <= 0 <= found[-1].high:
        differ.append(NETWORKS[name])
header = ["Network", "Seeds", "float32, %", "bfloat16, %", "Difference"]
display(Table(header, rows, numeric=header[1:]))
DIFFER = "The interval of the difference excludes 0 in {which} only, so there the precision has an effect."
ALIKE = "In no network does the interval of the difference exclude 0."
Markdown(DIFFER.format(which=enumerate_words(differ)) if differ else ALIKE)

# %% [markdown]
# {doc}`what_it_takes` says how fast training and comparing are, and what the jobs of this book took.
#
# ## Seeds
#
# Every random number comes from a generator whose seed is derived from its purpose. `train_seed` decides
# the initial weights, and the order and augmentation of the images when the complete network is trained.
# `train_seed` and `prune_seed` together decide the order and augmentation of the images in a run, for each
# iteration and epoch. The seeds are hashes of these names (SHA-256), so they are independent, and none
# depends on what was drawn before.
# That is why a training that was stopped resumes as if nothing had happened. On a CPU the same number of
# threads gives the same bits: the jobs use one thread each. {doc}`run_it` says what a GPU needs for that.
