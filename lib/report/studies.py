"""What the networks of a study were trained on, in one line."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..data import DATASET_TITLES
from .tables import TITLES


def trained_on(studies: Iterable[Mapping[str, Mapping[str, Any]]]) -> str:
    """Images, prunings, width and number of complete networks of studies, from provenances."""
    kinds: dict[str, list[str]] = {}
    for study in studies:
        settings = {n: s for part in study.values() for n, s in part["experiments"].items()}
        pruned = {n: s for n, s in settings.items() if s["against"] == "pruned"}
        for name, setting in pruned.items():
            if setting["base"] == name or setting["base"] not in pruned:
                title = TITLES.get(setting["model"], setting["model"])
                kinds.setdefault(_scale(setting), []).append(f"{title}{_width(setting['width'])}")
        if missing := len({job for part in study.values() for job in part["missing"]}):
            kinds.setdefault(f"{missing} jobs of this study are not done", []).append("")
    lines = (f"{', '.join(dict.fromkeys(names))}: {scale}" for scale, names in kinds.items())
    return "; ".join(line.removeprefix(": ") for line in lines)


def _scale(setting: Mapping[str, Any]) -> str:
    data = DATASET_TITLES.get(setting["dataset"], setting["dataset"])
    networks = len({train_seed for train_seed, _ in setting["runs"]})
    return (
        f"{setting['train_images']:,} training images of {data}, {setting['iterations']} prunings, "
        f"{networks} complete network{'s' * (networks > 1)}"
    )


def _width(width: float) -> str:
    exact = Fraction(width).limit_denominator(64)
    return "" if exact == 1 else f" ({exact} of the paper's width)"
