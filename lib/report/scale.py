"""Which data, what scale, how many runs: the sentences at the head of every page."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..tables import OFFICIAL
from .format import count, percent, plain
from .names import DATASETS, NETWORKS, enumerate_words, title

PAPER_DATASETS = ("cifar10", "svhn")


def statement(provenance: Mapping[str, Any], *experiments: str) -> str:
    """Data, scale and number of runs of some experiments, in short sentences of Markdown.

    Args:
        provenance: of a study.
        experiments: names; without any, the paper's own. Those of one scale share a sentence;
            several scales become a list.

    Raises:
        KeyError: the provenance does not know an experiment.
    """
    networks: dict[str, list[str]] = {}
    for name in experiments or papers_own(provenance):
        setting = provenance["experiments"][name]
        networks.setdefault(_sentences(setting), []).append(title(NETWORKS, setting["model"]))
    lines = [plain(enumerate_words(names) + rest) for rest, names in networks.items()]
    head = f"**{scale_words(provenance)}.**"
    if provenance["missing"]:
        head += f" **{missing_words(provenance)}**"
    if len(lines) == 1:
        return f"{head} {lines[0]}"
    return "\n".join([head, "", *(f"- {line}" for line in lines)])


def papers_own(provenance: Mapping[str, Any]) -> list[str]:
    """The experiments of the paper, without variants; all where there are variants only."""
    names = list(provenance["experiments"])
    return [name for name in names if provenance["experiments"][name]["base"] == name] or names


def _sentences(setting: Mapping[str, Any]) -> str:
    return (
        f" at {width_words(setting['width'])}, trained for "
        f"{count(setting['epochs'], 'epoch')} on {title(DATASETS, setting['dataset'])}: "
        f"{count(setting['train_images'], 'training image')}, "
        f"{count(setting['test_images'], 'test image')}{unofficial_words(setting)}. "
        f"{_runs(setting)}, "
        f"{_steps(setting)}{_retrained(setting)}. "
        f"Representations of {setting['probe_images']:,} {setting['probe_split']} images."
    )


def width_words(*widths: float) -> str:
    """`1/8 of the paper's width`, `1/8 to 1/4 of the paper's width`, `the paper's width`."""
    low, high = min(widths), max(widths)
    if low == high == 1:
        return "the paper's width"
    share = _fraction(low) if low == high else f"{_fraction(low)} to {_fraction(high)}"
    return f"{share} of the paper's width"


def unofficial_words(setting: Mapping[str, Any]) -> str:
    """Which images these are, in brackets, where they are not the official ones."""
    images = setting["dataset_description"].partition(": ")[2].removesuffix(".")
    others = setting["dataset"] in PAPER_DATASETS and images not in ("", OFFICIAL)
    return f" ({images})" if others else ""


def scale_words(provenance: Mapping[str, Any]) -> str:
    """`Scaled-down run` or `Full-scale run`."""
    return "Scaled-down run" if provenance["scaled_down"] else "Full-scale run"


def _fraction(width: float) -> str:
    exact = Fraction(width).limit_denominator(64)
    return str(exact) if exact.numerator == 1 else f"{width:g}"


def missing_words(provenance: Mapping[str, Any]) -> str:
    """The sentence on the missing jobs of a study that is not finished."""
    missing = len(provenance["missing"])
    of, are = missing + len(provenance["jobs"]), "is" if missing == 1 else "are"
    return f"The study is not finished: {missing} of {count(of, 'job')} {are} missing."


def _runs(setting: Mapping[str, Any]) -> str:
    """How many runs from how many complete networks, which may differ in a study under way."""
    each = Counter(train_seed for train_seed, _ in setting["runs"])
    if len(each) == 1:
        return f"{count(each.total(), 'pruning run')} from one complete network"
    if len(set(each.values())) == 1:
        runs = count(each.total() // len(each), "pruning run")
        return f"{runs} from each of {len(each)} complete networks"
    return f"{count(each.total(), 'pruning run')} from {len(each)} complete networks"


def _steps(setting: Mapping[str, Any]) -> str:
    """How far pruning goes: so many iterations of a fraction each, or levels that were given."""
    levels = _hyperparameter(setting, "pruning.levels") or ()
    if not levels:
        return f"{count(setting['iterations'], 'iteration')} of {percent(setting['fraction'])}"
    fewest = percent(levels[-1])
    if len(set(levels)) == 1:
        return f"to {fewest} of the weights at once, trained {count(len(levels), 'time')}"
    return f"{count(len(levels), 'level')} of pruning, down to {fewest} of the weights"


def _retrained(setting: Mapping[str, Any]) -> str:
    """How long re-trainings are, where they are shorter than the training; else empty."""
    epochs = _hyperparameter(setting, "pruning.retraining.epochs")
    return f", each re-trained for the last {epochs} epochs of the schedule alone" if epochs else ""


def _hyperparameter(setting: Mapping[str, Any], name: str) -> Any:
    """Its value, which the provenance keeps as text; None where it is not there."""
    rows = setting.get("hyperparameters", ())
    return ast.literal_eval(next((row["value"] for row in rows if row["name"] == name), "None"))
