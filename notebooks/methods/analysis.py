"""Networks drawn as boxes, and the settings in which a study differs from the paper."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from lib.models import build_model, record_layers, recorded_layers
from lib.report import TITLES, significant
from lib.study.experiment import flattened
from notebooks.shared.paper import HYPERPARAMETERS, PAPER

COLOURS = {"conv": "#0072b2", "conv_res": "#56b4e9", "pool": "#b87d00", "add": "#009e73"}
COLOURS |= {"out": "#d55e00"}
KINDS = {"conv": "convolution", "conv_res": "convolution of a residual block", "pool": "pooling"}
KINDS |= {"add": "sum", "out": "output"}

WORDS = {
    "recipe.epochs": "epochs",
    "recipe.batch_size": "batch size",
    "recipe.schedule": "learning rate",
    "recipe.schedule.epochs": "epochs at which the learning rate changes",
    "train_images": "training images",
    "probe.images": "images for the comparison",
    "pruning.iterations": "prunings",
    "pruning.fraction": "share of weights removed",
    "train_seeds": "originals",
    "prune_seeds": "pruning runs of each",
}
"""Hyperparameter -> its name for a reader."""

OURS_ALONE = ("name", "output_metrics", "also", "dimensions", "permutations", "precision")
"""Settings that the paper does not have, does not state, or has fewer of."""

AUGMENTATION = "recipe.augmentation."
NOTHING = ("0", "0.0", "False")

SAID = ["What", "There", "Here", "Why"]


def layers_of(model: str) -> pd.DataFrame:
    """The recorded layers of a network of `lib.models`, at full width, in forward order.

    Returns:
        Index layer; columns `kind`, `shape` of the output for one image, `weights`, and
        `skip`, the layer that a sum adds to the one before it.
    """
    random = torch.Generator().manual_seed(0)
    network = build_model(model, generator=random)
    kinds = dict(recorded_layers(network))
    outputs = record_layers(network, torch.rand(1, 3, 32, 32, generator=random), list(kinds))
    rows, before = {}, ""
    for name, kind in kinds.items():
        parameters = network.get_submodule(name).parameters()
        added = ""
        if kind == "add":
            rest = outputs[name] - outputs[before]
            alike = (other for other in rows if outputs[other].shape == rest.shape)
            added = next(o for o in alike if torch.allclose(outputs[o], rest, atol=1e-5))
        rows[name] = {
            "kind": kind,
            "shape": tuple(outputs[name].shape[1:]),
            "weights": sum(p.numel() for p in parameters if p.ndim > 1),
            "skip": added,
        }
        before = name
    return pd.DataFrame.from_dict(rows, orient="index")


def draw_network(axes: Axes, layers: pd.DataFrame) -> None:
    """The layers of `layers_of`: boxes as high as the maps and as wide as the channels, in logs."""
    sizes = layers["shape"].map(lambda shape: (shape[0], shape[1] if len(shape) > 1 else 1))
    half = sizes.map(lambda size: 0.5 + torch.tensor(size[1]).log2().item() / 2)
    for x, (name, layer) in enumerate(layers.iterrows()):
        width = 0.08 * torch.tensor(sizes[name][0]).log2().item()
        box = (x - width / 2, -half[name]), width, 2 * half[name]
        colour = COLOURS[layer.kind]
        first = layers.kind.eq(layer.kind).idxmax() == name
        look = {"facecolor": colour, "label": KINDS[layer.kind] if first else None}
        axes.add_patch(Rectangle(*box, edgecolor=colour, alpha=0.8, **look))
        if layer.skip:
            start = layers.index.get_loc(layer.skip)
            top = half.iloc[start:x].max() + 0.7
            ends = [half[layer.skip] + 0.1, top, top, half[name] + 0.1]
            axes.plot([start, start, x, x], ends, color=colour)
    axes.axhline(0, color="0.5", lw=0.6, zorder=0)
    texts = ["\u00d7".join(map(str, shape)) for shape in layers["shape"]]
    labels = [f"{name}  {text}" for name, text in zip(layers.index, texts, strict=True)]
    axes.set_xticks(range(len(layers)), labels, rotation=90, fontsize="small")
    axes.set(xlim=(-0.7, len(layers) - 0.3), yticks=[], ylim=(-half.max() - 0.3, half.max() + 1))
    axes.grid(visible=False)


def settings_of(folder: Path, experiment: str) -> Mapping:
    """What an experiment was, from the provenance beside its tables."""
    text = (folder / experiment / "provenance.json").read_text(encoding="utf-8")
    return json.loads(text)["experiments"][experiment]


def deviations(network: str, regime: str, hyperparameters: Iterable[Mapping]) -> pd.DataFrame:
    """Where an experiment differs from the paper's of the same network.

    Args:
        network: of `notebooks.shared.paper`.
        regime: how it was trained.
        hyperparameters: rows of its settings: `name`, `value`, `paper`, `source`, `why`.

    Returns:
        Columns network, regime, What, There (with its source), Here, Why.
    """
    declared, paper = HYPERPARAMETERS[network], flattened(PAPER[network])
    rows, augmented = [], []
    for row in hyperparameters:
        name, here = row["name"], row["value"]
        # what a chapter declares for itself has no other value at full scale, but in the paper
        there = row["paper"] if row["paper"] != here else str(paper.get(name, here))
        if name in OURS_ALONE or there == here:
            continue
        if name.startswith(AUGMENTATION):
            augmented.append((name.removeprefix(AUGMENTATION), there, here, row["why"]))
            continue
        source, why = declared[name].source, row["why"] or row["source"]
        if name.endswith("seeds"):
            there, here = (str(text.count(",") + (",)" not in text)) for text in (there, here))
        rows.append((WORDS.get(name, name), f"{_plain(there)} ({source})", _plain(here), why))
    if augmented:
        there = ", ".join(f"{step} {value}" for step, value, *_ in augmented)
        here = [f"{step} {value}" for step, _, value, _ in augmented if value not in NOTHING]
        source = "paper, section 4.1, names the steps; sizes from public code"
        here = ", ".join(here) or "none"
        rows.append(("augmentation", f"{there} ({source})", here, augmented[0][3]))
    table = pd.DataFrame(rows, columns=SAID)
    return table.assign(network=TITLES[network], regime=TITLES[regime])


def _plain(text: str) -> str:
    """As a reader writes it: `all` for no limit, thousands with commas, no long fractions."""
    if text == "None":
        return "all"
    if text.isdigit():
        return f"{int(text):,}"
    return significant(float(text), 3) if text.startswith("0.") and text.count(".") == 1 else text


def one_table(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Rows that say the same of several networks become one.

    Args:
        tables: with the columns of `deviations`.

    Returns:
        Columns What, Where, There, Here, Why.
    """
    rows = pd.concat(tables, ignore_index=True)
    in_regime = rows.groupby([*SAID, "regime"], sort=False).network.agg(", ".join).reset_index()
    in_regime["Where"] = in_regime.regime + ": " + in_regime.network
    merged = in_regime.groupby(SAID, sort=False).Where.agg("; ".join).reset_index()
    in_order = merged.What.map(list(merged.What.unique()).index)
    merged = merged.iloc[in_order.argsort(kind="stable")]
    return merged[["What", "Where", "There", "Here", "Why"]].reset_index(drop=True)
