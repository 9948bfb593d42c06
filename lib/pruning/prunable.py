"""Which weights of a network pruning may remove, and which it spares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList

from ..did_you_mean import unknown
from ..models.module_outputs import modules_of, unwrapped
from .output_layer import Weight, by_forward_pass, by_tracing

OF_ONE_WEIGHT = (
    nn.modules.conv._ConvNd,  # transposed ones as well
    nn.Linear,
    nn.Bilinear,
    nn.Embedding,
    nn.EmbeddingBag,
)
BARE = "of no layer that is pruned"


def prunable_weights(
    model: nn.Module, example: object = None, keep: Sequence[str] | None = None
) -> dict[str, nn.Parameter]:
    """The weights that pruning may remove: those of hidden layers, with two or more dimensions.

    They are those of linear, bilinear, convolutional (transposed as well), embedding,
    recurrent and attention layers. A weight that layers share is one parameter, under its
    first name. `spared_weights` names what else has two or more dimensions.

    The output layer is found by a forward pass, if there is an example: for each tensor
    that the network gives, the last operation before it that takes a weight. Without
    one, it is what the network declares as "out" in its `recorded_layers`, else what a
    trace of `forward` by `torch.fx` gives, else the only `nn.Linear`.

    Args:
        model: any network, in `DataParallel` or compiled as well.
        example: one batch as the network takes it; a tuple of arguments, or a mapping of
            keyword arguments.
        keep: patterns for names of layers or parameters, such as `["head", "*.embed*"]`.
            They are spared instead of the output layer; with an example, besides it.

    Returns:
        {parameter name: parameter}, in the order of `model.named_modules()`.

    Raises:
        ValueError: there are none; the output layer is not known; a name in `keep` that
            fits nothing; a weight that is computed from others in each forward pass.
    """
    weights = hidden(model, example, keep).items()
    return {name: check_settable(name, weight.tensor) for name, weight in weights}


def spared_weights(
    model: nn.Module, example: object = None, keep: Sequence[str] | None = None
) -> dict[str, str]:
    """What has two or more dimensions, and is not pruned.

    Args and errors are those of `prunable_weights`.

    Returns:
        {parameter name: why}: "gives the output", "kept", or "of no layer that is pruned",
        such as a position embedding that is a bare parameter.
    """
    pruned, kept = hidden(model, example, keep), _kept(model, keep or ())
    spared = [name for name in _weights(model) if name not in pruned]
    why = {name: "kept" if name in kept else "gives the output" for name in spared}
    return why | dict.fromkeys(left_out(model), BARE)


def left_out(model: nn.Module) -> list[str]:
    """Names of parameters with two or more dimensions that are of no layer that is pruned."""
    return [
        f"{owner}.{name}".removeprefix(".")
        for owner, module in modules_of(unwrapped(model)).items()
        # what a known layer has besides is a bias, or what its weight is computed from
        if not _attributes(module) and not isinstance(module, ParametrizationList)
        for name, tensor in module.named_parameters(recurse=False)
        if tensor.ndim > 1
    ]


def hidden(
    model: nn.Module, example: object = None, keep: Sequence[str] | None = None
) -> dict[str, Weight]:
    """As `prunable_weights`, of weights that a mask computes as well."""
    model, weights = unwrapped(model), _weights(model)
    spared = set() if keep is None else _kept(model, keep)
    if example is not None or keep is None:
        spared |= _giving_output(model, weights, example)
    found = {name: weight for name, weight in weights.items() if name not in spared}
    if not found:
        raise ValueError(
            f"nothing to prune: no layer of a known kind but what is spared, {sorted(spared)}"
        )
    return found


def check_settable(name: str, tensor: Tensor) -> nn.Parameter:
    """The same tensor; ValueError unless it is a parameter."""
    if not isinstance(tensor, nn.Parameter):
        raise ValueError(
            f"{name} is computed, by a mask or a parametrisation: make it a parameter, with "
            "torch.nn.utils.prune.remove or torch.nn.utils.parametrize.remove_parametrizations; "
            "Mask.of_zeros takes its mask"
        )
    return tensor


def named_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """All parameters, under every name that they have; wrappers add none to it."""
    named = unwrapped(model).named_parameters(remove_duplicate=False)
    return {name.replace("_orig_mod.", ""): parameter for name, parameter in named}


def all_weights(model: nn.Module) -> dict[str, Weight]:
    """All weights of layers of known kinds, under every name that they have."""
    return {
        f"{name}.{attribute}".removeprefix("."): Weight(module, attribute)
        for name, module in modules_of(unwrapped(model)).items()
        for attribute in _attributes(module)
    }


def _first_names(weights: Mapping[str, Weight]) -> dict[str, str]:
    """The first name of each weight, by every name."""
    first: dict[object, str] = {}
    return {name: first.setdefault(weight.key, name) for name, weight in weights.items()}


def _weights(model: nn.Module) -> dict[str, Weight]:
    """All weights, each under its first name."""
    weights = all_weights(model)
    return {name: weights[name] for name in dict.fromkeys(_first_names(weights).values())}


def _attributes(module: nn.Module) -> list[str]:
    """Names of a layer's own weights."""
    if isinstance(module, OF_ONE_WEIGHT):
        return ["weight"]
    if isinstance(module, nn.RNNBase):
        return [name for name in module._flat_weights_names if name.startswith("weight")]
    if isinstance(module, nn.RNNCellBase):
        return ["weight_ih", "weight_hh"]
    if isinstance(module, nn.MultiheadAttention):  # either the first, or the others
        names = ["in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"]
        return [name for name in names if getattr(module, name) is not None]
    return []


def _kept(model: nn.Module, keep: Sequence[str]) -> set[str]:
    """Names of the weights that patterns fit, by their own name or that of what holds them."""
    if isinstance(keep, str):
        raise TypeError(f"keep must be a list of names, got {keep!r}")
    names, kept = _first_names(all_weights(model)), set()
    for pattern in keep:
        forms = pattern, f"{pattern}.*"
        fitting = {names[n] for n in names if any(fnmatchcase(n, form) for form in forms)}
        if not fitting:
            raise ValueError(unknown("layer to keep", pattern, names))
        kept |= fitting
    return kept


def _giving_output(model: nn.Module, weights: dict[str, Weight], example: object) -> set[str]:
    if example is not None:
        return by_forward_pass(model, weights, example)
    declared = {name for name, kind in getattr(model, "recorded_layers", []) if kind == "out"}
    names = {f"{name}.weight" for name in declared} & weights.keys()
    if names := names or by_tracing(model, weights):
        return names
    linear = [name for name, weight in weights.items() if isinstance(weight.layer, nn.Linear)]
    if len(linear) == 1 or not weights:
        return set(linear)
    raise ValueError(
        f"which layer gives the output? forward of {type(model).__name__} cannot be traced: give "
        'one batch, example=images, or name what is never pruned, keep=["head"]'
    )
