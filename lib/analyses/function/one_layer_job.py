"""How much accuracy one layer costs when pruned alone, and what predicts it."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..measured_networks import MEASURED
from ..network_analysis import SomeIterations
from .tables import ONE_LAYER as TABLE


@dataclass(frozen=True)
class OneLayer(SomeIterations):
    """Each prunable layer of the complete network pruned alone, by magnitude, without re-training.

    Attributes:
        shares: of the layer's weights that are removed.
        images: of the test split, on which layers are compared.
        test_images: how many further test images measure the accuracy.
        train_images: how many training images measure the curvature.
        probes: random vectors for the curvature.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...] = ()
    shares: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95)
    images: int = 500
    test_images: int = 5000
    train_images: int = 500
    probes: int = 10

    def work(self) -> Work:
        from ..kept_networks import each_by_itself
        from .one_layer_rows import one_layer_rows

        return partial(each_by_itself, one_layer_rows)


DECLARED = {
    "laptop": dict.fromkeys(MEASURED, OneLayer()),
    "smoke": {"vgg_svhn_wide": OneLayer((), (0.9,), 100, 250, 50, 2)},
}
