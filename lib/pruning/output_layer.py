"""Which weights give a network's output."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import TorchFunctionMode

from ..models.module_outputs import evaluating, tensors_in


class Weight(NamedTuple):
    """One weight of a layer: an attribute, as what it holds changes if a mask computes it."""

    layer: nn.Module
    attribute: str

    @property
    def tensor(self) -> Tensor:
        return getattr(self.layer, self.attribute)

    @property
    def key(self) -> object:
        """Equal for the names of a weight that layers share."""
        if is_parametrized(self.layer, self.attribute):  # a new tensor at each look
            return id(self.layer), self.attribute
        return id(self.tensor)


def by_forward_pass(model: nn.Module, weights: Mapping[str, Weight], example: object) -> set[str]:
    """Weights of the last operation with any, for each tensor that the network gives.

    The network, its modes, its gradients and random numbers are left as they are.
    """
    uses = _Uses(weights)
    args = example if isinstance(example, tuple) else (example,)
    devices = {t.get_device() for t in model.parameters() if t.is_cuda}
    same_draws = torch.random.fork_rng(sorted(devices))
    with evaluating(model), same_draws, torch.inference_mode(False), torch.enable_grad(), uses:
        result = model(**example) if isinstance(example, Mapping) else model(*args)
    found = set()
    for output in tensors_in(result):
        before = _all_before(output.grad_fn, lambda node: [n for n, _ in node.next_functions])
        leading = [
            names
            for names, given in uses.found
            if any(tensor is output or tensor.grad_fn in before for tensor in given)
        ]
        # without gradients, as of token ids and frozen weights, order is all there is
        found.update(*(leading or [names for names, _ in uses.found])[-1:])
    return found


def by_tracing(model: nn.Module, weights: Mapping[str, Weight]) -> set[str]:
    """As `by_forward_pass`, from the code of `forward` alone, by `torch.fx`; empty if unknown."""
    try:
        with evaluating(model), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # a forward pass may set attributes, and would set them to what stands for tensors
            traced = copy.deepcopy(model, _held_by(model))
            graph = fx.Tracer().trace(traced)
    except Exception:  # whatever a forward pass of somebody else's does without numbers
        return set()
    names = {weight.key: name for name, weight in weights.items()}
    kinds = {type(weight.layer) for weight in weights.values()}
    found = set()
    *_, result = graph.nodes
    for output in result.all_input_nodes:
        before = _all_before(output, lambda node: node.all_input_nodes)
        used = {node: _used_by(node, traced, names) for node in graph.nodes if node in before}
        if leading := [node for node, some in used.items() if some]:
            node = leading[-1]
            if node.op == "call_module" and type(traced.get_submodule(node.target)) not in kinds:
                return set()  # such as a whole transformer, which is not traced inside
            found |= used[node]
    return found


class _Uses(TorchFunctionMode):
    """Notes the operations that take weights, in order: (names of these, tensors they give)."""

    def __init__(self, weights: Mapping[str, Weight]):
        super().__init__()
        self.weights = weights
        self.found: list[tuple[set[str], list[Tensor]]] = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        roots = {id(t if t._base is None else t._base) for t in tensors_in([args, kwargs])}
        names = {name for name, weight in self.weights.items() if id(weight.tensor) in roots}
        if names:
            self.found.append((names, list(tensors_in(result))))
        return result


def _all_before(last: Any, inputs_of: Callable[[Any], Iterable]) -> set:
    """A node, all that it is computed from, and so on."""
    seen, waiting = set(), [last]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += inputs_of(node)
    return seen


def _used_by(node: fx.Node, model: nn.Module, names: Mapping[object, str]) -> set[str]:
    """Which of the weights an operation of a trace takes."""
    used: Iterable[int] = ()
    if node.op == "call_module":
        used = _held_by(model.get_submodule(node.target))
    elif node.op == "get_attr":
        owner, _, attribute = node.target.rpartition(".")
        used = [id(getattr(model.get_submodule(owner), attribute))]
    return {names[key] for key in used if key in names}


def _held_by(model: nn.Module) -> dict[int, Tensor]:
    """{id: tensor} of parameters, and of other attributes, of a network."""
    modules = [[*m.parameters(recurse=False), *vars(m).values()] for m in model.modules()]
    return {id(t): t for held in modules for t in held if isinstance(t, Tensor)}
