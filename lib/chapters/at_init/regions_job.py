"""The activation regions of kept networks between test images, and the bends of the output."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from ...data import normalise
from ...pruning import Mask
from ...seeds import generator
from ...study.experiment import Experiment
from ...study.setting import Setting
from ...study.work import Work
from ..kept_networks import NetworkAnalysis
from .activation_regions import count_regions
from .experiments import EXPERIMENTS
from .sampled_regions import sample_regions
from .tables import REGIONS as TABLE


@dataclass(frozen=True)
class Regions(NetworkAnalysis):
    """Regions along segments between test images (Hanin and Rolnick 2019).

    The segments are the same for all networks of an experiment.

    Attributes:
        segments: how many pairs of images.
        share: the part of each segment that is examined; below 1 the counts are estimates.
        stretches: how many evenly spaced stretches make up that part, if it is below 1.
        most_points: evaluated at most, in a segment or in each stretch.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "at_init"
    segments: int = 5
    share: float = 1.0
    stretches: int = 10
    most_points: int = 20_000

    def rows(self, setting: Setting, network: nn.Module, mask: Mask) -> Iterator[dict]:
        data = setting.dataset
        order = torch.randperm(len(data.test), generator=generator("cpu", "segments"))
        chosen = data.test.take(order[: 2 * self.segments].to(setting.device)).in_memory()
        images = normalise(chosen.pixels, data.mean, data.std, torch.float64)
        most = {"most_points": self.most_points}
        for segment, (start, end) in enumerate(zip(images[::2], images[1::2], strict=True)):
            if self.share < 1:
                examined = self.share, self.stretches
                found = sample_regions(network, start, end, *examined, seed=segment, **most)
            else:
                found = count_regions(network, start, end, **most)
            names = ("regions", "regions_error", "pieces", "pieces_error", "points", "exact")
            numbers = {name: getattr(found, name) for name in names}
            yield {"segment": segment, "share": self.share} | numbers

    def work(self, experiment: Experiment, test_images: int) -> Work:
        points = self.segments * self.most_points * self.share
        return Counter(points=self.values(experiment) * points)


_LESS = {
    "smoke": {"share": 0.01, "segments": 2},
    # a hundredth of a line crosses hundreds of regions; all of it would take an hour a run
    "laptop": {"share": 0.01, "stretches": 20},
    "paper": {"share": 0.001, "stretches": 20},
    "tiny": {"segments": 1, "most_points": 200},
}

DECLARED = {
    profile: {name: Regions((1, 2, 3, 4, 5), **less) for name in EXPERIMENTS}
    for profile, less in _LESS.items()
}
