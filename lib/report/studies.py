"""A summary of studies in one line."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from .tables import TITLES, in_order


def trained_on(studies: Iterable[Mapping[str, Mapping[str, Any]]]) -> str:
    """Networks, their images and the number of originals, from provenances.

    Returns:
        Such as `VGG_SVHN; 10,000 to 24,465 training images of SVHN; 3 networks each`, and the
        number of unfinished jobs; empty without studies. More than three networks are counted, so
        that the summary stays on one line.
    """
    settings, undone = [], 0
    for study in studies:
        experiments = [s for part in study.values() for s in part["experiments"].values()]
        settings += [setting for setting in experiments if setting["against"] == "pruned"]
        undone += len({job for part in study.values() for job in part["missing"]})
    if not settings:
        return ""
    networks, images = (
        in_order(pd.Index([setting[what] for setting in settings])) for what in ("model", "dataset")
    )
    complete = _span(len({seed for seed, _ in setting["runs"]}) for setting in settings)
    parts = [
        _listed([TITLES.get(name, name) for name in networks])
        if len(networks) <= 3
        else f"{len(networks)} architectures",
        f"{_span(setting['train_images'] for setting in settings)} training images of "
        + _listed([TITLES.get(name, name) for name in images]),
        f"{complete} network{'s' * (complete != '1')} each",
    ]
    return "; ".join(parts + ([f"{undone} jobs of this study are not done"] if undone else []))


def _listed(words: list[str]) -> str:
    """`A, B and C`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _span(numbers: Iterable[int]) -> str:
    """`4`, or `10,000 to 24,465`."""
    different = sorted(set(numbers))
    return " to ".join(f"{number:,}" for number in dict.fromkeys((different[0], different[-1])))
