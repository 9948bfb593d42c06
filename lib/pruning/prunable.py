"""Prunable weights: those of hidden convolutions and linear layers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase

from torch import Tensor, nn
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear  # a part of attention

from ..did_you_mean import unknown
from ..models.module_outputs import evaluating, modules_of, run_forward, tensors_in, unwrapped

PRUNED = (nn.modules.conv._ConvNd, nn.Linear)  # transposed convolutions as well
COMPUTED = (
    "is computed, by a mask or a parametrisation: make it a parameter with torch.nn.utils."
    "prune.remove, parametrize.remove_parametrizations or remove_weight_norm"
)


def prunable_weights(
    model: nn.Module,
    example: object = None,
    keep: Sequence[str] | None = None,
    also: Sequence[type[nn.Module]] = (),
) -> dict[str, nn.Parameter]:
    """The trainable weights of convolutions and linear layers, without those of the output layer.

    A weight shared by layers is one parameter, under its first name. A warning names the weights
    that are neither pruned nor counted: frozen ones (`requires_grad=False`), which no training
    could adapt, and those with two or more dimensions in other layers, such as embedding, recurrent
    and attention layers.

    The output layer is the last one that a forward pass of `example` calls. Without an example,
    it is the layer that the network declares as "out" in its `recorded_layers`, or the last one
    of an `nn.Sequential`. All other networks need `example` or `keep`.

    Args:
        model: any network, in `DataParallel` or compiled as well.
        example: one batch as the network takes it; a tuple of arguments, or a mapping of
            keyword arguments.
        keep: patterns for names of layers or parameters, such as `["head", "block1.*"]`.
            These layers are spared instead of the output layer; with an example, in addition to it.
        also: classes of layers whose `weight` is pruned as well, such as the `Conv1D` of
            `transformers`, or `nn.Embedding`.

    Returns:
        {parameter name: parameter}, in the order of `model.named_modules()`.

    Raises:
        TypeError: `keep` is a string, or `also` a class.
        ValueError: the output layer is not known; a pattern in `keep` that fits no layer; no
            weight is left to prune; a weight that is computed in each forward pass, as by
            `torch.nn.utils.prune`.
    """
    weights = hidden_weights(model, example, keep, also)
    for name, weight in weights.items():
        if not isinstance(weight, nn.Parameter):
            raise ValueError(f"{name} {COMPUTED}; Mask.of_zeros takes its mask")
    if own := _with_own_forward(model, weights):
        warnings.warn(
            f"have a forward of their own: {', '.join(own)}; zeros of a weight may be no zeros of "
            "what is computed from it",
            stacklevel=2,
        )
    trainable = {name: weight for name, weight in weights.items() if weight.requires_grad}
    if frozen := [name for name in weights if name not in trainable]:
        if not trainable:
            raise ValueError("nothing to prune: all weights are frozen; call requires_grad_(True)")
        warnings.warn(f"frozen, neither pruned nor counted: {', '.join(frozen)}", stacklevel=2)
    return trainable


def hidden_weights(
    model: nn.Module,
    example: object = None,
    keep: Sequence[str] | None = None,
    also: Sequence[type[nn.Module]] = (),
) -> dict[str, Tensor]:
    """As `prunable_weights`, including weights that are frozen or computed."""
    if isinstance(also, type):
        raise TypeError(f"also must be a list of classes, got {also.__name__}")
    model = unwrapped(model)
    modules = modules_of(model)
    layers = {
        f"{name}.weight".removeprefix("."): module
        for name, module in modules.items()
        if isinstance(module, (*PRUNED, *also))
        and not isinstance(module, NonDynamicallyQuantizableLinear)
    }
    weights = {name: layer.weight for name, layer in layers.items()}
    spared = set() if keep is None else _kept(keep, weights)
    if example is not None:
        spared.add(_last_called(model, layers, example))
    elif keep is None:
        spared.add(_declared_last(model, modules, weights))
    seen, hidden = {id(weights[name]) for name in spared}, {}
    for name, weight in weights.items():
        if id(weight) not in seen:
            seen.add(id(weight))
            hidden[name] = weight
    left_out = [
        f"{name} ({type(module).__name__})"
        for owner, module in modules.items()
        if module not in layers.values()
        for name, parameter in module.named_parameters(owner, recurse=False)
        if parameter.ndim > 1 and id(parameter) not in seen
    ]
    if left_out:
        warnings.warn(f"neither pruned nor counted: {', '.join(left_out)}", stacklevel=3)
    if not hidden:
        known = f"except {', '.join(sorted(spared))}" if spared else "in this network"
        raise ValueError(f"nothing to prune: no convolution or linear layer {known}")
    return hidden


def _with_own_forward(model: nn.Module, weights: Mapping[str, Tensor]) -> list[str]:
    """Convolutions and linear layers that do not compute as PyTorch's do, of these weights."""
    modules = modules_of(unwrapped(model))
    owners = {name: modules[name.removesuffix("weight").removesuffix(".")] for name in weights}
    return [
        f"{name} ({type(module).__name__})"
        for name, module in owners.items()
        if isinstance(module, PRUNED) and not type(module).forward.__module__.startswith("torch.")
    ]


def named_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """All parameters, under each of their names; names leave out wrappers."""
    named = unwrapped(model).named_parameters(remove_duplicate=False)
    return {name.replace("_orig_mod.", ""): parameter for name, parameter in named}


def _kept(keep: Sequence[str], weights: Mapping[str, Tensor]) -> set[str]:
    """Names of the weights that match the patterns, by their own name or their module's."""
    if isinstance(keep, str):
        raise TypeError(f"keep must be a list of names, got {keep!r}")
    kept = set()
    for pattern in keep:
        forms = pattern, f"{pattern}.*"
        fitting = {name for name in weights if any(fnmatchcase(name, form) for form in forms)}
        if not fitting:
            raise ValueError(unknown("layer to keep", pattern, weights))
        kept |= fitting
    return kept


def _last_called(model: nn.Module, layers: Mapping[str, nn.Module], example: object) -> str:
    """The weight of the layer that a forward pass calls last; the network is not changed."""
    called: list[str] = []
    with ExitStack() as stack:
        stack.enter_context(evaluating(model))
        for name, layer in layers.items():
            hook = layer.register_forward_hook(lambda *_, name=name: called.append(name))
            stack.callback(hook.remove)
        result = run_forward(model, example, _called_with)
    if (outputs := len(list(tensors_in(result)))) != 1:
        raise ValueError(
            f"example: {type(model).__name__} gives {outputs} tensors; instead of an example, name "
            'the layers that give its outputs, such as keep=["boxes", "classes"]'
        )
    if not called:
        raise ValueError(f"example: {type(model).__name__} calls no convolution or linear layer")
    return called[-1]


def _called_with(model: nn.Module, example: object) -> object:
    """The output for one argument, for a tuple of arguments, or for a mapping of keywords."""
    if isinstance(example, Mapping):
        return model(**example)
    return model(*example) if isinstance(example, tuple) else model(example)


def _declared_last(
    model: nn.Module, modules: Mapping[str, nn.Module], weights: Mapping[str, Tensor]
) -> str:
    """The weight of the output layer that the network declares; ValueError if it declares none."""
    for name, kind in getattr(model, "recorded_layers", ()):
        if kind == "out" and f"{name}.weight" in weights:
            return f"{name}.weight"
    if weights:
        last = list(weights)[-1]
        parts = last.split(".")[:-1]
        around = [modules[".".join(parts[:depth])] for depth in range(len(parts))]
        if all(type(module).forward is nn.Sequential.forward for module in around):
            return last
    raise ValueError(
        f"which layer gives the output of {type(model).__name__}? Pass one batch, example=images, "
        'or name the layers that pruning spares, such as keep=["head"]'
    )
