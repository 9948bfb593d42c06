"""Tables about the metrics themselves, from what `lib.metrics` declares of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from ..metrics import INVARIANCES, METRICS, Invariances, compare
from ..metrics.catalogue import CATALOGUE
from . import names
from .networks import describe
from .tables import Table

TITLES = names.METRICS | {
    "mean_cca_sum98": "mean CCA (98 %)",
    "svcca_sum98": "SVCCA (98 %)",
    "cka_debiased": "CKA debiased",
    "procrustes": "Procrustes",
    "linear_regression": "regression",
    "rsa": "RSA",
    "knn_overlap": "kNN overlap",
    "agreement": "agreement",
    "jensen_shannon": "Jensen-Shannon",
    "logit_cosine": "logit cosine",
}
"""name in `lib.metrics` -> name in the text."""

CHANGES = {
    "symmetric": "x\u2194y",
    "permutation": "order",
    "orthogonal": "turn",
    "invertible": "map",
    "scale": "size",
    "translation": "shift",
    "dead_columns": "dead",
}
"""field of `Invariances` -> head of its column."""

FURTHER = {
    "procrustes": (
        "The angle that is left after one side is rotated onto the other: 1 means none, 0 a right "
        "angle.",
        "Williams et al. 2021",
    ),
    "linear_regression": (
        "The share of the variance of y that a linear function of x explains (R²).",
        "Kornblith et al. 2019",
    ),
    "rsa": (
        "Correlation of all distances between images in x with those in y.",
        "Kriegeskorte et al. 2008",
    ),
    "knn_overlap": (
        "How many of an image's ten nearest neighbours are the same, of all that are a neighbour "
        "in x or y.",
        "Jaccard index",
    ),
    "agreement": ("Share of the images that get the same class.", "of outputs"),
    "jensen_shannon": (
        "1 minus the divergence, in bits, of the predicted probabilities.",
        "of outputs; Lin 1991",
    ),
    "logit_cosine": (
        "The mean cosine image by image, so that large outputs weigh no more than small ones.",
        "of outputs",
    ),
}
"""metric -> what it measures, and where it comes from."""

CALIBRATION = (
    "calibration error",
    "Not a similarity: how far one network's confidence is from its accuracy, 0 at best.",
    "of outputs; Guo et al. 2017",
)


def all_values(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Every metric that compares representations or outputs, of one pair `(n, p)`."""
    return {name: metric(x, y) for name, metric in METRICS.items()}


def value_table(values: Mapping[str, float], shown: tuple[str, ...]) -> Table:
    """Some metrics of one pair, the highest value first."""
    ranked = sorted(shown, key=lambda name: -values[name])
    return Table(
        ("Metric", "Value"),
        [(TITLES[name], f"{values[name]:.2f}") for name in ranked],
        numeric=("Value",),
    )


def further_table(values: Mapping[str, float]) -> Table:
    """The metrics that the paper does not use, one sentence each, with their values."""
    rows = [
        (TITLES[name], text, source, f"{values[name]:.2f}")
        for name, (text, source) in FURTHER.items()
    ]
    header = ("Metric", "What it measures", "Source", "Here")
    return Table(header, [*rows, (*CALIBRATION, "-")], numeric=("Here",), cards=True)


def invariance_table() -> Table:
    """What may be done to a representation without changing a metric, as the code declares it."""
    rows = [
        (
            TITLES[metric],
            *("\u2713" if getattr(INVARIANCES[metric], change) else "\u2013" for change in CHANGES),
        )
        for metric in INVARIANCES
    ]
    undocumented = {field.name for field in fields(Invariances)} ^ set(CHANGES)
    if undocumented:
        raise KeyError(f"no column for {', '.join(sorted(undocumented))}")
    return Table(("Metric", *CHANGES.values()), rows)


def reshape_table(model: str = "vgg16_bn", layer: str = "conv3_1", images: int = 5000) -> Table:
    """How a layer becomes a matrix, and which metrics take which matrix by default.

    Metrics of outputs have no choice and are left out.
    """
    channels, height, width = next(x.shape for x in describe(model) if x.name == layer)
    positions = height * width
    matrices = {
        "channels": ("n·h·w \u00d7 c", images * positions, channels, "a position of an image"),
        "flat": ("n \u00d7 c·h·w", images, channels * positions, "an image with all its positions"),
        "gap": ("n \u00d7 c", images, channels, "an image, averaged over its positions"),
    }
    choosing = [name for name, entry in CATALOGUE.items() if len(entry.reshapes) > 1]
    defaults = {
        reshape: [TITLES[name] for name in choosing if CATALOGUE[name].reshape == reshape]
        for reshape in matrices
    }
    rows = [
        (
            reshape,
            form,
            f"{rows:,} \u00d7 {columns:,}",
            observation,
            ", ".join(defaults[reshape]) or "none; on request",
        )
        for reshape, (form, rows, columns, observation) in matrices.items()
    ]
    header = ("Reshape", "Matrix", f"{layer} of VGG16_BN", "An observation is", "Default of")
    return Table(header, rows, cards=True)


def reshape_values(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Table:
    """Mean CCA, CKA and NBS of feature maps on each matrix, one row for each pair.

    Args:
        pairs: what was done to the maps -> maps before and after, `(n, c, h, w)`.
    """
    cells = [
        ("mean_cca", "channels"),
        ("cka", "channels"),
        ("cka", "flat"),
        ("nbs", "flat"),
        ("cka", "gap"),
    ]
    rows = []
    for name, pair in pairs.items():
        found = {
            (line["metric"], line["reshape"]): line["value"]
            for line in compare(
                *pair, metrics=("mean_cca", "cka", "nbs"), reshapes=("channels", "flat", "gap")
            )
        }
        rows.append((name, *(_cell(found[cell]) for cell in cells)))
    header = [f"{TITLES[metric]} {reshape}" for metric, reshape in cells]
    return Table(("What was done", *header), rows, numeric=header)


def _cell(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"
