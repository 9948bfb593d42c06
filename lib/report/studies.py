"""What the networks of a study were trained on, in one line."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..data import DATASETS
from .tables import TITLES


def trained_on(studies: Iterable[Mapping[str, Mapping[str, Any]]], network: str = "") -> str:
    """Images, prunings, width and number of complete networks of studies, from provenances.

    Of a network alone, at whatever width, or of all.
    """
    widths: dict[tuple[str, str], set[float]] = {}
    undone = []
    for study in studies:
        settings = {n: s for part in study.values() for n, s in part["experiments"].items()}
        pruned = {n: s for n, s in settings.items() if s["against"] == "pruned"}
        for name, setting in pruned.items():
            model, width = setting["model"], setting["width"]
            first = setting["base"] == name or setting["base"] not in pruned
            if first and network in ("", model):
                title = TITLES.get(model, model)
                widths.setdefault((_scale(setting), title), set()).add(width)
        if missing := len({job for part in study.values() for job in part["missing"]}):
            undone.append(f"{missing} jobs of this study are not done")
    kinds: dict[str, list[str]] = {}
    for (scale, title), of_title in widths.items():
        kinds.setdefault(f"{_width(of_title)}: {scale}", []).append(title)
    return "; ".join([f"{' and '.join(titles)}{kind}" for kind, titles in kinds.items()] + undone)


def _scale(setting: Mapping[str, Any]) -> str:
    data = DATASETS[setting["dataset"]].title
    networks = len({train_seed for train_seed, _ in setting["runs"]})
    return (
        f"{setting['train_images']:,} training images of {data}, {setting['iterations']} prunings, "
        f"{networks} complete network{'s' * (networks > 1)}"
    )


def _width(widths: set[float]) -> str:
    """Such as `, also at 1/4 of the paper's width`."""
    slim = [str(Fraction(width).limit_denominator(64)) for width in sorted(widths) if width != 1]
    if not slim:
        return ""
    return f"{', also' if 1 in widths else ''} at {' and '.join(slim)} of the paper's width"
