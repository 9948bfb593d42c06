"""Networks and layers by the names that users give; weights from files, without running code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from runpy import run_path
from traceback import walk_tb

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..did_you_mean import check, unknown
from ..models.module_outputs import unwrapped
from ..validation import integer

INSIDE = ("state_dict", "model_state_dict", "model", "net", "weights")
"""Keys under which checkpoints store the weights of the network."""

WRAPPERS = re.compile(r"^((module|_orig_mod)\.)+")
"""Prefixes that `DataParallel`, `AveragedModel` and `torch.compile` add to names."""


def prepare_torch(cores: int) -> None:
    """Use this many cores, 0 for all, and let no file of weights execute code."""
    integer("cores", cores, 0)
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"
    torch.set_num_threads(cores or getattr(os, "process_cpu_count", os.cpu_count)())


def load_user_network(given: str, weights: str | Path = "") -> nn.Module:
    """A network by name, with weights from a file.

    Args:
        given: the name of a classifier in torchvision, such as `resnet18`; or `file.py:function`,
            which returns the network. The file is executed, and may import files of its folder.
        weights: a safetensors file, or a file of `torch.save(network.state_dict(), file)`; for a
            classifier of torchvision also the name of its weights, such as `DEFAULT`. Such a
            classifier has as many classes as the last tensor in the file. Names of weights may be
            those of a module that the network wraps, or have the prefix of `DataParallel` or
            `torch.compile`. Weights that `torch.nn.utils.prune` has masked are multiplied by their
            masks, unless the network masks them itself.
    """
    file, colon, function = given.rpartition(":")
    if colon:
        network = _from_file(Path(file), function)
        if not weights:
            return network
        state = load_weights(weights)
    else:
        from torchvision import models  # takes seconds

        known = models.list_models(module=models)
        if given not in known:
            raise ValueError(f"{unknown('network', given, known)} For your own, file.py:function.")
        official = models.get_model_weights(given).__members__
        if not weights or str(weights) in official:
            return models.get_model(given, weights=official.get(str(weights)))
        state, network = load_weights(weights), models.get_model(given)
        *_, last = network.state_dict()  # by its name, since files have orders of their own
        if last in state:
            network = models.get_model(given, num_classes=len(state[last]))
    inside = unwrapped(network)
    parts = [child for child in inside.children() if [*child.parameters()]]
    # a wrapper has one part, and no parameters of its own, which would stay as they were made
    wraps = len(parts) == 1 and not [*inside.parameters(recurse=False)]
    owners = [inside, *parts] if wraps else [inside]
    fitting = [
        (owner, form)
        for owner, form in product(owners, (state, without_masks(state)))
        if form.keys() == owner.state_dict().keys()
    ]
    owner, state = (*fitting, (inside, state))[0]
    try:
        owner.load_state_dict(state)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:600]
        raise ValueError(f"{weights} does not fit {given}: {reason}") from error
    return network


def _from_file(file: Path, function: str) -> nn.Module:
    """The network that a function in a file returns; errors in the file name their line."""
    before, folder = set(sys.modules), file.parent.resolve()
    sys.path.insert(0, str(folder))  # as for any script
    try:
        functions = {name: value for name, value in run_path(str(file)).items() if callable(value)}
        network = functions[function]() if function in functions else None
    except Exception as error:
        calls = walk_tb(error.__traceback__)
        lines = [line for frame, line in calls if frame.f_code.co_filename == str(file)]
        at = f"line {lines[-1]}, " if lines else ""
        raise ValueError(f"{file}, {at}{type(error).__name__}: {error}") from error
    finally:  # the file of another network may import another module of the same name
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            top = name.partition(".")[0]
            if top not in before and any((folder / (top + end)).exists() for end in ("", ".py")):
                del sys.modules[name]
    check(f"function of {file}:", function, functions)
    if not isinstance(network, nn.Module):
        kind = type(network).__name__
        raise TypeError(f"{file}: {function}() gave {kind}, want an nn.Module")
    return network


def load_weights(file: str | Path) -> dict[str, Tensor]:
    """The weights in a file, by name; no code in it is executed."""
    try:
        if Path(file).suffix == ".safetensors":
            state = load_file(file)
        else:
            state = torch.load(file, "cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # which one, depends on what the file happens to hold
        raise ValueError(
            f"{file} is damaged, or holds more than weights, which might execute code. Save "
            "only the weights: torch.save(network.state_dict(), file), or safetensors"
        ) from error
    inside = [state[key] for key in INSIDE if isinstance(state, Mapping) and key in state]
    state = next((value for value in inside if isinstance(value, Mapping)), state)
    tensors = isinstance(state, Mapping) and all(isinstance(t, Tensor) for t in state.values())
    if not tensors or not state:
        raise ValueError(f"{file} has no tensors by name, as network.state_dict() gives them")
    weights = {WRAPPERS.sub("", name): tensor for name, tensor in state.items()}
    if weights.keys() != state.keys():
        weights.pop("n_averaged", None)  # of AveragedModel, which is no weight
    return weights


def without_masks(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that `torch.nn.utils.prune.remove` would leave: times their masks."""
    plain = dict(weights)
    for name in [name.removesuffix("_mask") for name in weights if name.endswith("_mask")]:
        if f"{name}_orig" in plain:
            plain[name] = plain.pop(f"{name}_orig") * plain.pop(f"{name}_mask")
    return plain


def named_layers(layers: str) -> list[list[str] | dict[str, list[str]]]:
    """The value for `layers=`, in a list, or an empty list: from `layer1 layer2`, names in both
    networks; from `layer1; block1`, each named layer of A with all those of B."""
    if not layers:
        return []
    sides = [side.replace(",", " ").split() for side in layers.split(";")]
    if len(sides) > 2:
        raise ValueError(f"layers: got {len(sides)} parts, want `of both` or `of A; of B`")
    return [dict.fromkeys(sides[0], sides[1])] if len(sides) == 2 else sides
