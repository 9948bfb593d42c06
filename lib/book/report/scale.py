"""Which data, what scale, how many networks: the sentence at the head of every page."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ...data_sets import DATASET_TITLES
from ...table_schemas import OFFICIAL
from .format import count
from .names import NETWORK_TITLES, enumerate_words, title

PAPER_DATASETS = ("cifar10", "svhn")


def statement(provenance: Mapping[str, Any], *experiments: str) -> str:
    """Data, scale and number of complete networks of some experiments, as plain text.

    Args:
        provenance: of a study.
        experiments: names; without any, the paper's own.

    Raises:
        KeyError: the provenance does not know an experiment.
    """
    settings = [provenance["experiments"][name] for name in experiments or papers_own(provenance)]
    names = list(dict.fromkeys(title(NETWORK_TITLES, setting["model"]) for setting in settings))
    width = width_words(*(setting["width"] for setting in settings))
    width = width.replace("the paper's width", "full width") if provenance.get("chapter") else width
    complete = [len({train_seed for train_seed, _ in setting["runs"]}) for setting in settings]
    each = f"{_range(complete, 'complete network')}{' each' if len(names) > 1 else ''}"
    scale = "Scaled-down run" if provenance["scaled_down"] else "Full-scale run"
    what = f"{enumerate_words(names)} at {width}, {each}, {_pruning(settings)}"
    text = f"{scale} on {_data(settings)}: {what}."
    shorter = dict.fromkeys(
        title(NETWORK_TITLES, setting["model"]) for setting in settings if _shorter(setting)
    )
    if shorter:
        text += f" Re-trainings of {enumerate_words(list(shorter))} are shorter than the training."
    if missing := len(provenance["missing"]):
        done = len(provenance["jobs"])
        are = "is" if done == 1 else "are"
        text = f"{done} of {count(missing + done, 'job')} of this study {are} done. {text}"
    return text


def _pruning(settings: list[Mapping[str, Any]]) -> str:
    """How often they are pruned, if any of them is."""
    pruned = [setting for setting in settings if setting.get("against", "pruned") == "pruned"]
    if not pruned:
        return "none of them pruned"
    return f"{_range([setting['iterations'] for setting in pruned], 'iteration')} of pruning"


def _data(settings: list[Mapping[str, Any]]) -> str:
    """The data sets, and whether these are all of their images."""
    datasets = list(dict.fromkeys(setting["dataset"] for setting in settings))
    where = enumerate_words([title(DATASET_TITLES, name) for name in datasets])
    if any(map(_unofficial, settings)):
        where = f"parts of {where}"
    if not set(datasets) & set(PAPER_DATASETS):
        where += f", not {' or '.join(title(DATASET_TITLES, name) for name in PAPER_DATASETS)}"
    return where


def _unofficial(setting: Mapping[str, Any]) -> bool:
    images = setting["dataset_description"].partition(": ")[2].removesuffix(".")
    return setting["dataset"] in PAPER_DATASETS and images not in ("", OFFICIAL)


def _shorter(setting: Mapping[str, Any]) -> bool:
    name = "pruning.retraining.epochs"
    return any(row["name"] == name and row["value"] != "None" for row in setting["hyperparameters"])


def _range(numbers: list[int], noun: str) -> str:
    low, high = min(numbers), max(numbers)
    return count(low, noun) if low == high else f"{low} to {count(high, noun)}"


def papers_own(provenance: Mapping[str, Any]) -> list[str]:
    """The experiments of the paper, without variants; all where there are variants only."""
    names = list(provenance["experiments"])
    return [name for name in names if provenance["experiments"][name]["base"] == name] or names


def width_words(*widths: float) -> str:
    """`1/8 of the paper's width`, `1/8 to 1/4 of the paper's width`, `the paper's width`."""
    share = " to ".join(dict.fromkeys(map(short_width, (min(widths), max(widths)))))
    return f"{share} of the paper's width".replace("full of the paper's", "the paper's")


def short_width(width: float) -> str:
    """`1/8`, or `full`: the same in a cell of a table."""
    exact = Fraction(width).limit_denominator(64)
    return "full" if exact == 1 else str(exact) if exact.numerator == 1 else f"{width:g}"
