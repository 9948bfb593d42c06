"""How much accuracy one layer costs when pruned alone, and what predicts it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from ...metrics import LayerRepresentations, compare
from ...models import record_layers, recorded_layers
from ...pruning import Mask, prunable_weights
from ...seeds import generator
from ...study.prepared_experiment import PreparedExperiment
from ...training.evaluation import evaluate
from ..damages import damaged
from ..loss import Loss
from ..measured_networks import MEASURED
from ..network_analysis import NetworkAnalysis
from .tables import LAST_HIDDEN, OWN_LAYER
from .tables import ONE_LAYER as TABLE

_METRICS = ("svcca", "pwcca", "cka", "nbs", "procrustes")


@dataclass(frozen=True)
class OneLayer(NetworkAnalysis):
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

    def rows(self, setting: PreparedExperiment, network: nn.Module, mask: Mask) -> Iterator[dict]:
        data, weights = setting.dataset, prunable_weights(network)
        seen = setting.inputs(data.test, slice(self.images))[0]
        held_out = data.test.take(slice(self.images, self.images + self.test_images))
        train = setting.inputs(data.train, slice(self.train_images))
        curvature = mean_curvature(Loss(network, *train), list(weights), self.probes)
        layers = [name for name, kind in recorded_layers(network) if kind != "out"]
        before = {
            name: LayerRepresentations(x)
            for name, x in record_layers(network, seen, layers).items()
        }

        def accuracy() -> float:
            return evaluate(network, held_out, data, autocast=setting.autocast)[0]

        yield {"parameter": "", "share": 0.0} | _number("accuracy", accuracy())
        for parameter, weight in weights.items():
            layer = parameter.partition(".")[0]
            places = {OWN_LAYER: layer, LAST_HIDDEN: layers[-1]}
            whole = weight.detach().clone()
            for share in self.shares:
                head = {"parameter": parameter, "share": share}
                with damaged(network, layer, "pruned", share):
                    yield head | _number("accuracy", accuracy())
                    removed = (weight.detach() - whole).norm().item()
                    after = record_layers(network, seen, list(dict.fromkeys(places.values())))
                yield head | _number("norm", removed / whole.norm().item())
                yield head | _number("length", removed)
                yield head | _number("curvature", curvature[parameter] * removed**2 / 2)
                for place, name in places.items():
                    for row in compare(before[name], after[name], metrics=_METRICS):
                        columns = ("metric", "reshape", "value")
                        yield head | {"place": place} | {key: row[key] for key in columns}


def _number(name: str, value: float) -> dict:
    return {"place": "", "metric": name, "reshape": "", "value": value}


def mean_curvature(loss: Loss, names: list[str], probes: int) -> dict[str, float]:
    """The trace of the Hessian's block of each parameter, divided by its number of weights.

    Estimated (Hutchinson 1990) with the same random signs for all parameters: what one
    block adds to the estimate of another is 0 on average. The signs are the same on
    every device.

    Args:
        loss: of a network.
        names: of the parameters.
        probes: how many vectors of signs; each takes one Hessian-vector product.
    """
    draws, total = generator("cpu", "probes of the blocks", 0), dict.fromkeys(names, 0.0)
    for _ in range(probes):
        signs = {}
        for name in names:
            drawn = torch.randint(0, 2, loss.weights[name].shape, generator=draws) * 2 - 1
            signs[name] = drawn.to(loss.weights[name])
        product = loss.hessian_product(signs)
        for name in names:
            total[name] += torch.sum(signs[name] * product[name]).item() / signs[name].numel()
    return {name: value / probes for name, value in total.items()}


DECLARED = {
    "laptop": dict.fromkeys(MEASURED, OneLayer()),
    "smoke": {"vgg_svhn_wide": OneLayer((), (0.9,), 100, 250, 50, 2)},
}
