"""Which metric would notice damage to a network, as plain values."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...compare.user_networks import prepare_torch
from ..labels import read_labels
from . import advice, analysis
from .notice import BY_METRIC, Notice, notice
from .subject import prepare


def judge_metrics(
    a: str,
    a_weights: str,
    images: str,
    classes: str = "",
    layers: str = "",
    size: int = 224,
    cores: int = 0,
) -> dict[str, object]:
    """Damage layers of a network, and judge what metrics notice of it.

    Args:
        a, a_weights, images, classes, layers, size, cores: parameters of the page,
            which has the same numbers.

    Returns:
        The versions, layers and number of images; `accuracy` and `chance` before any
        damage, None without labels that can be trusted; the share `level` of harmless
        changes that would be taken for damage; `harm`, {damage: smallest size that does
        any}, None where the network gives no classes; `noticed`, a row for each metric
        on each matrix, the best one first, with the smallest size of each damage that
        it notices, None where it notices none; and `says`, the sentences of the page.

    Raises:
        ValueError: input that cannot be used; as for the page.
    """
    prepare_torch(cores)
    asked = prepare(a, a_weights, images, layers, size)
    labels = read_labels(asked.files, images, classes, every=asked.present)
    harmless, before = analysis.measure_harmless(asked)
    damages, costs, baseline = analysis.measure_damage(asked, before, labels)
    judged = notice(harmless, damages, costs)
    known = baseline.labelled
    return {
        "versions": [*asked.versions],
        "layers": [*asked.layers],
        "images": len(asked.files),
        "accuracy": baseline.labels.accuracy(baseline.answers) if known else None,
        "chance": baseline.labels.chance if known else None,
        "level": judged.level,
        "harm": _sizes(judged.harm) if judged.known else None,
        "noticed": _noticed(judged),
        "says": advice.advise(judged, baseline, harmless),
    }


def _sizes(sizes: pd.Series) -> dict[str, float | None]:
    return {name: float(size) if np.isfinite(size) else None for name, size in sizes.items()}


def _noticed(judged: Notice) -> list[Mapping[str, object]]:
    """The rows of `Notice.smallest`, the best metric first."""
    return [
        dict(zip(BY_METRIC, key, strict=True))
        | {"smallest": _sizes(judged.smallest.loc[key]), **counts.astype(int).to_dict()}
        for key, counts in judged.tally.iterrows()
    ]
