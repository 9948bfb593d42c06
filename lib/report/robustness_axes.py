"""What is varied about the reading of a similarity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Axis:
    """One thing that is varied, all else being as in the study.

    Attributes:
        about: what it is, for the reader.
        base: the study's own setting; empty where each experiment has its own.
        words: how a setting is called, which takes the place of the braces.
        names: setting -> how it is called, in order. Without any, settings are numbers.
    """

    about: str
    base: str = ""
    words: str = "{}"
    names: Mapping[str, str] = field(default_factory=dict)

    def say(self, setting: str) -> str:
        """The setting for the reader."""
        number = f"{int(setting):,}" if setting.isdigit() else setting
        return self.names.get(setting, self.words.format(number))

    def place(self, setting: str) -> float:
        """By what settings are sorted."""
        return list(self.names).index(setting) if self.names else float(setting)


AXES = {
    "images": Axis("Number of probe images", words="{} images"),
    "draw": Axis("Other probe images", "0", words="draw {}"),
    "split": Axis(
        "Split of the probe images", names={"test": "test images", "train": "training images"}
    ),
    "threshold": Axis("Threshold of SVCCA", "0.99", words="threshold {}"),
    "mean": Axis(
        "Definition of the mean",
        "plain",
        names={"plain": "the plain mean", "sum98": "the mean up to 98 % of the sum"},
    ),
    "debiased": Axis(
        "Biased or debiased CKA",
        "biased",
        names={"biased": "biased CKA", "debiased": "debiased CKA"},
    ),
    "precision": Axis(
        "Precision of the forward pass",
        "float32",
        names={name: name for name in ("float64", "float32", "bfloat16")},
    ),
    "leading": Axis("Without the leading components", "0", words="{} removed"),
}
"""name in the results -> what is varied, in the order of the page."""
