"""Damage to kept networks that were trained again and again without pruning.

Two consecutive ones differ by a harmless re-training. What a metric says of them is the
reference that an alarm has to exceed.
"""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ...study.declarations import COMPLETE_SEEDS
from ...study.job import Job
from ..damage_sizes import DAMAGES, LEVEL, NONE
from .tables import DETECTION as TABLE


@dataclass(frozen=True)
class Detection(AnalysisPlan):
    """What metrics say of consecutive networks of a run, and of damage to some of them.

    Attributes:
        layers: an early, a middle and a late one.
        between: what lies between two consecutive networks, `NONE` or `LEVEL`.
        damaged: iterations whose networks are damaged.
        damages: (damage, sizes) of each, see `lib.analyses.damages`.
        images: numbers of probe images.
        test_images: on so many, the accuracy of damaged networks is measured.
        seeds: train seeds of the complete networks, all that the experiment declares
            among them.
    """

    name: ClassVar[str] = TABLE.name
    layers: tuple[str, ...]
    between: str = NONE
    damaged: tuple[int, ...] = ()
    damages: tuple[tuple[str, tuple[float, ...]], ...] = ()
    images: tuple[int, ...] = (100, 500)
    test_images: int = 2000
    seeds: tuple[int, ...] = COMPLETE_SEEDS

    def others(self, run: Job) -> list[Job]:
        """The stranger is another of the complete networks that the control compares."""
        following = self.seeds.index(run.train_seed) + 1
        stranger = self.seeds[following % len(self.seeds)]
        return [Job(run.experiment, stranger)] if self.damaged else []

    def work(self) -> Work:
        from .detection_rows import detection_parts

        return detection_parts


_LESS = {"layers": ("conv2_2",), "images": (100,)}
_FEW = tuple((name, sizes[::5]) for name, sizes in DAMAGES.items())
_LAYERS = ("conv1_2", "conv2_2", "conv4_1")

DECLARED = {
    "smoke": {
        "vgg_svhn": Detection(between=LEVEL, **_LESS),
        "vgg_svhn_trained_as_long": Detection(damaged=(10,), damages=_FEW, **_LESS),
    },
    "laptop": {
        "vgg_svhn": Detection(_LAYERS, between=LEVEL),
        "vgg_svhn_trained_as_long": Detection(
            _LAYERS, damaged=(5, 10, 15, 20), damages=tuple(DAMAGES.items())
        ),
    },
}
