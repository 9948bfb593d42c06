"""What the networks of a study were trained on, in one line."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..data import DATASETS
from .tables import TITLES


def trained_on(studies: Iterable[Mapping[str, Mapping[str, Any]]]) -> str:
    """Networks, images, prunings and number of complete networks of studies, from provenances.

    Returns:
        Such as `VGG_SVHN: 10,000 to 24,465 training images of SVHN, 4 to 20 prunings, 3 complete
        networks`, and how many jobs are not done; empty without studies.
    """
    settings, undone = [], 0
    for study in studies:
        experiments = [s for part in study.values() for s in part["experiments"].values()]
        settings += [setting for setting in experiments if setting["against"] == "pruned"]
        undone += len({job for part in study.values() for job in part["missing"]})
    if not settings:
        return ""
    networks = {TITLES.get(setting["model"], setting["model"]) for setting in settings}
    data = {DATASETS[setting["dataset"]].title for setting in settings}
    width = _span(setting["width"] for setting in settings)
    complete = _span(len({seed for seed, _ in setting["runs"]}) for setting in settings)
    texts = [
        f"{' and '.join(sorted(networks))}{f', {width} of the width' if width != '1' else ''}: "
        f"{_span(setting['train_images'] for setting in settings)} training images of "
        f"{' and '.join(sorted(data))}",
        f"{_span(setting['iterations'] for setting in settings)} prunings",
        f"{complete} complete network{'s' * (complete != '1')}",
    ]
    return ", ".join(texts) + (f"; {undone} jobs of this study are not done" if undone else "")


def _span(numbers: Iterable[float]) -> str:
    """Such as `4`, or `1/4 to 1`."""
    different = sorted(set(numbers))
    ends = [f"{n:,}" if n > 1 else f"{Fraction(n).limit_denominator(64)}" for n in different]
    return " to ".join(dict.fromkeys((ends[0], ends[-1])))
