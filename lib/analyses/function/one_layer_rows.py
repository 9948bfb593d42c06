"""What a network loses with the weights of one layer."""

from collections.abc import Iterator

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
from .one_layer_job import OneLayer
from .tables import LAST_HIDDEN, OWN_LAYER

_METRICS = ("svcca", "pwcca", "cka", "nbs", "procrustes")


def one_layer_rows(
    plan: OneLayer, setting: PreparedExperiment, network: nn.Module, mask: Mask
) -> Iterator[dict]:
    """The rows of one network."""
    data, weights = setting.dataset, prunable_weights(network)
    seen = setting.inputs(data.test, slice(plan.images))[0]
    held_out = data.test.take(slice(plan.images, plan.images + plan.test_images))
    train = setting.inputs(data.train, slice(plan.train_images))
    curvature = mean_curvature(Loss(network, *train), list(weights), plan.probes)
    layers = [name for name, kind in recorded_layers(network) if kind != "out"]
    before = {
        name: LayerRepresentations(x) for name, x in record_layers(network, seen, layers).items()
    }

    def accuracy() -> float:
        return evaluate(network, held_out, data, autocast=setting.autocast)[0]

    yield {"parameter": "", "share": 0.0} | _number("accuracy", accuracy())
    for parameter, weight in weights.items():
        layer = parameter.partition(".")[0]
        places = {OWN_LAYER: layer, LAST_HIDDEN: layers[-1]}
        whole = weight.detach().clone()
        for share in plan.shares:
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
