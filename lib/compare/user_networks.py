"""Networks and layers by the names that users give; weights from files, without running code."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from pathlib import Path
from runpy import run_path
from traceback import extract_tb

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..did_you_mean import check, unknown
from ..models.module_outputs import unwrapped
from ..validation import integer

INSIDE = re.compile(r"(^|\.)(module|_orig_mod)\.")
"""What `DataParallel`, `AveragedModel` and `torch.compile` put inside names."""


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
        weights: a safetensors file, or a file of `torch.save(network.state_dict(), file)`, or a
            part of one, `file.pt:ema`; for a classifier of torchvision also the name of its
            weights, such as `DEFAULT`. Such a classifier has as many classes as the last tensor in
            the file. If names differ from those of the network, they may be those of a module that
            it wraps, have a prefix in common, or what `DataParallel` or `torch.compile` put inside.
            Weights that `torch.nn.utils.prune` has masked are multiplied by their masks, unless the
            network masks them itself.
    """
    file, colon, function = given.rpartition(":")
    if colon:
        network = _from_file(Path(file), function)
        return _loaded(network, given, weights) if weights else network
    from torchvision import models  # takes seconds

    known = models.list_models(module=models)
    if given not in known:
        raise ValueError(f"{unknown('network', given, known)} For your own, file.py:function.")
    official = models.get_model_weights(given).__members__
    if not weights or str(weights) in official:
        return models.get_model(given, weights=official.get(str(weights)))
    if str(weights).isidentifier() and not Path(weights).exists():
        check(f"weights of {given}", weights, official)
    network = models.get_model(given)
    *_, last = network.state_dict()  # by its name, since files have orders of their own
    for form in _forms(load_weights(weights)):
        if last in form:
            network = models.get_model(given, num_classes=len(form[last]))
            break
    return _loaded(network, given, weights)


def _loaded(network: nn.Module, given: str, weights: str | Path) -> nn.Module:
    """The network with the weights in a file."""
    inside, forms = unwrapped(network), [*_forms(load_weights(weights))]
    owners, parts = [inside], [child for child in inside.children() if [*child.parameters()]]
    # a wrapper has one part, and no parameters of its own, which would stay as they were made
    if len(parts) == 1 and not [*inside.parameters(recurse=False)]:
        owners += parts
    for owner, form in product(owners, forms):
        others = form.keys() ^ owner.state_dict().keys()
        # old and converted files lack these counters, which PyTorch then sets to 0
        if all(name.endswith("num_batches_tracked") for name in others):
            owner.load_state_dict(form)  # whose error names tensors of other shapes
            return network
    wanted = inside.state_dict().keys()
    form = max(forms, key=lambda form: len(form.keys() & wanted))
    missing, more = wanted - form.keys(), form.keys() - wanted
    of = "a variant of this" if len(missing) < len(wanted) / 2 else "another"
    raise ValueError(
        f"{weights} does not fit {given}: missing in the file are {_some(missing)}; unexpected "
        f"{_some(more)}; it is of {of} network, or function returns another one"
    )


def _forms(state: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The weights by the names that they may have in a network, those in the file first."""
    plain = {name: tensor for name, tensor in state.items() if name != "n_averaged"}
    bare = {INSIDE.sub(r"\1", name): tensor for name, tensor in plain.items()}
    for named in (dict(state), plain, bare):
        while len(named) >= len(plain):  # if not, two names would become one
            yield named
            yield without_masks(named)
            first = next(iter(named)).partition(".")[0] + "."
            if not all(name.startswith(first) for name in named):
                break
            named = {name.removeprefix(first): tensor for name, tensor in named.items()}


def _some(names: Collection[str]) -> str:
    shown = ", ".join(sorted(names)[:3]) or "none"
    return f"{shown} and {len(names) - 3:,} more" if len(names) > 3 else shown


def _from_file(file: Path, function: str) -> nn.Module:
    """The network that a function in a file returns; errors in the file name their line."""
    before, folder = set(sys.modules), str(file.parent.resolve())
    sys.path.insert(0, folder)  # as for any script
    try:
        functions = {name: value for name, value in run_path(str(file)).items() if callable(value)}
        network = functions[function]() if function in functions else None
    except Exception as error:
        lines = [at.lineno for at in extract_tb(error.__traceback__) if at.filename == str(file)]
        at = f"line {lines[-1]}, " if lines else ""
        raise ValueError(f"{file}, {at}{type(error).__name__}: {error}") from error
    finally:  # the file of another network may import another module of the same name
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            top = Path(folder, name.partition(".")[0])
            if top.name not in before and (top.exists() or top.with_suffix(".py").exists()):
                del sys.modules[name]
    check(f"function of {file}:", function, functions)
    if not isinstance(network, nn.Module):
        kind = type(network).__name__
        raise TypeError(f"{file}: {function}() gave {kind}, want an nn.Module")
    return network


def load_weights(file: str | Path) -> dict[str, Tensor]:
    """The weights in a file, or in a part of it, `file.pt:part`; no code in it is executed."""
    path, part = Path(file), ""
    if not path.exists() and ":" in path.name:
        path, _, part = str(file).rpartition(":")
    try:
        with warnings.catch_warnings(action="ignore"):  # of sparse tensors
            plain = Path(path).suffix == ".safetensors"
            state = load_file(path) if plain else torch.load(path, "cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # which one, depends on what the file happens to hold
        raise ValueError(
            f"{path} is damaged, or holds more than weights, which might execute code. Save "
            "only the weights: torch.save(network.state_dict(), file), or safetensors"
        ) from error
    found = dict(_parts(state))
    if not found:
        raise ValueError(f"{path} has no tensors by name, as network.state_dict() gives them")
    if not part and len(found) > 1:
        raise ValueError(f"{path} has {', '.join(found)}: name one, {path}:{next(iter(found))}")
    part = part or next(iter(found))
    check(f"part of {path}", part, found)
    return {
        name: one if one.layout == torch.strided else one.to_dense()
        for name, one in found[part].items()
    }


def _parts(state: object, name: str = "") -> Iterator[tuple[str, Mapping[str, Tensor]]]:
    """The names and the weights in a checkpoint."""
    items = state.items() if isinstance(state, Mapping) else ()
    if items and all(isinstance(key, str) and isinstance(one, Tensor) for key, one in items):
        yield name, state
        return
    for key, value in items:
        if not str(key).startswith("optim"):
            yield from _parts(value, f"{name}.{key}".removeprefix("."))


def without_masks(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that `torch.nn.utils.prune.remove` would leave: times their masks."""
    plain = dict(weights)
    for name in [name.removesuffix("_mask") for name in weights if name.endswith("_mask")]:
        if f"{name}_orig" in plain:
            plain[name] = plain.pop(f"{name}_orig") * plain.pop(f"{name}_mask")
    return plain


def named_layers(layers: str) -> list[str] | dict[str, list[str]] | None:
    """The value for `layers=`: from `layer1 layer2`, names in both networks; from `layer1; block1`,
    each named layer of A with all those of B; from nothing, None."""
    sides = [side.replace(",", " ").split() for side in layers.split(";")]
    if len(sides) > 2:
        raise ValueError(f"layers: got {len(sides)} parts, want `of both` or `of A; of B`")
    return dict.fromkeys(*sides) if len(sides) == 2 else sides[0] or None
