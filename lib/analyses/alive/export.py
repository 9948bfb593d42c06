"""The data of the page on which two networks run: weights, images, and what they should give."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...atomic_files import write_atomically
from ...compare import compare_networks
from ...data import normalise
from ...pruning.mask import prunable_weights
from ...study.job import Job
from ...study.prepared_experiment import PreparedExperiment
from ...study.stored_networks import load_complete, load_network
from ...study.study import Study

SHOWN_METRICS = ("svcca", "pwcca", "cka", "nbs")
IMAGES = 256
"""Shipped, the last of the test split, on which not all is right."""

CHECKED_IMAGES = 64

VARIABLE = "const ALIVE = "
"""A page that is opened as a file may load scripts alone, so the data are one."""


def export(study: Study, job: Job, path: Path, checked: Iterable[int]) -> None:
    """Write the networks of a run, the images, and the similarities that the page should show.

    Args:
        study: a study whose run is done, on the embedded digits, which are grey.
        job: the run.
        path: the script that is written.
        checked: the iterations whose similarities are written.
    """
    setting = PreparedExperiment.load(study.experiment(job.experiment), "datasets", "cpu")
    networks = [at_half_precision(load_complete(study, job, setting))]
    for iteration in range(1, setting.experiment.pruning.iterations + 1):
        networks.append(at_half_precision(load_network(study, job, setting, iteration)))
    write_data(contents(networks, setting, checked), path)


def write_data(data: dict[str, Any], path: Path) -> None:
    """The script that gives the page its data."""
    text = f"{VARIABLE}{json.dumps(data, separators=(',', ':'))};\n"
    text += 'if (typeof module !== "undefined") module.exports = ALIVE;\n'
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def contents(
    networks: list[nn.Module], setting: PreparedExperiment, checked: Iterable[int]
) -> dict[str, Any]:
    """What the page reads.

    Args:
        networks: the complete one, and its descendants in order, all `at_half_precision`.
        setting: whose test images are taken.
        checked: as for `export`.
    """
    dataset = setting.dataset
    shown = dataset.test.take(slice(-IMAGES, None))
    inputs = normalise(shown.pixels[:CHECKED_IMAGES], dataset.mean, dataset.std)
    labels = shown.labels[:CHECKED_IMAGES]
    return {
        "side": shown.pixels.shape[-1],
        "mean": dataset.mean[0],
        "std": dataset.std[0],
        "pixels": _base64(shown.pixels[:, 0].numpy()),
        "labels": shown.labels.tolist(),
        "layers": _layers(networks[0]),
        "networks": [packed(network) for network in networks],
        "expected": [
            expected(networks, iteration, inputs, labels) for iteration in sorted(checked)
        ],
    }


def at_half_precision(network: nn.Module) -> nn.Module:
    """The network with its weights rounded to half precision, in place, as the page has them."""
    for module in _weighted(network):
        module.weight.data.copy_(module.weight.data.half())
    return network.eval()


def packed(network: nn.Module) -> dict[str, Any]:
    """One bit for each weight, the weights other than 0, and each channel's scale and shift.

    Batch normalisation in evaluation mode is a scale and a shift; the output layer has
    a bias.
    """
    weighted = _weighted(network)
    weights = torch.cat([module.weight.data.flatten() for module in weighted]).numpy()
    kept = weights != 0
    prunable = list(prunable_weights(network).values())
    affine = torch.cat([torch.cat(_affine(network, module)) for module in weighted])
    return {
        "left": sum(int(w.count_nonzero()) for w in prunable) / sum(w.numel() for w in prunable),
        "mask": _base64(np.packbits(kept)),
        "weights": _base64(weights[kept].astype("<f2")),
        "affine": _base64(affine.numpy().astype("<f4")),
    }


@torch.no_grad()
def expected(
    networks: list[nn.Module], iteration: int, inputs: Tensor, labels: Tensor
) -> dict[str, Any]:
    """Similarities of all layers after an iteration, the mean of CKA's null, and accuracies."""
    pair = networks[0], networks[iteration]
    names = [layer["name"] for layer in _layers(pair[0])]
    table = compare_networks(*pair, inputs, names, SHOWN_METRICS, level=None, say=None)
    values = table.pivot(index="layer_x", columns="metric", values="value").loc[names]
    nulls = table[table.metric == "cka"].set_index("layer_x").null_mean
    accuracies = [(network(inputs).argmax(1) == labels).double().mean().item() for network in pair]
    return {
        "iteration": iteration,
        "images": len(inputs),
        "accuracies": accuracies,
        "layers": {
            name: {**values.loc[name].round(6), "null": round(nulls[name], 6)} for name in names
        },
    }


def _layers(network: nn.Module) -> list[dict[str, Any]]:
    """Name, kind and sizes of each recorded layer."""
    modules = dict(network.named_modules())
    layers = []
    for name, kind in network.recorded_layers:
        layer = {"name": name, "kind": kind}
        if kind != "pool":
            outputs, inputs = _weight_of(modules[name]).shape[:2]
            layer |= {"inputs": inputs, "outputs": outputs}
        layers.append(layer)
    return layers


def _weight_of(module: nn.Module) -> Tensor:
    return getattr(module, "conv", module).weight


def _weighted(network: nn.Module) -> list[nn.Module]:
    kinds = nn.Conv2d | nn.Linear
    return [module for module in network.modules() if isinstance(module, kinds)]


def _affine(network: nn.Module, module: nn.Module) -> tuple[Tensor, Tensor]:
    """Scale and shift of each channel that a layer gives."""
    if isinstance(module, nn.Linear):
        return torch.ones_like(module.bias.data), module.bias.data
    [norm] = [block.bn for block in network.children() if getattr(block, "conv", None) is module]
    scale = norm.weight.data / torch.sqrt(norm.running_var + norm.eps)
    return scale, norm.bias.data - norm.running_mean * scale


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
