"""What becomes of each channel of a network: where it is constant, and which layers need it."""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass, field

import torch
from torch import fx, nn
from torch.nn import functional as F

from ..models.blocks import Add, HiddenLinear, check_size
from ..models.resnet32 import ResidualSum
from ..models.resnet_fast import ScaledLinear

READERS = (nn.Conv2d, nn.Linear, HiddenLinear, ScaledLinear)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
ELEMENTWISE = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.Identity)
KEEPING = (nn.Dropout, nn.Dropout2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
"""Modules, in evaluation mode, whose output is a constant where their input is the same one."""

FOLLOWED = (*READERS, *NORMS, *ELEMENTWISE, *KEEPING, nn.AvgPool2d, nn.Flatten, Add, ResidualSum)
RELUS = (F.relu, torch.relu, "relu")
POOLINGS = (F.max_pool2d, F.adaptive_avg_pool2d, F.adaptive_max_pool2d)
SUMS = (operator.add, operator.iadd, torch.add, "add")
FLATTENS = (torch.flatten, "flatten")
"""Functions, and methods of tensors, that are followed as well."""


@dataclass
class _Space:
    """Channels that stay or go together, since they are summed. A tensor has the first so many."""

    keep: torch.Tensor
    least: int  # channels of the smallest tensor


@dataclass(frozen=True)
class Read:
    """An output as it is read: the constant of each channel, NaN where that depends on images."""

    constant: torch.Tensor
    writer: str  # the module that made the channels
    flat: bool = False  # (n, channels * positions) instead of (n, channels, h, w)


@dataclass
class Channels:
    """What each reader reads, and which channels exist together."""

    spaces: dict[str, _Space] = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)
    norms: dict[str, str] = field(default_factory=dict)

    def keep(self, tensor: Read) -> torch.Tensor:
        """Which channels of a tensor stay; a view, so that what is written to it stays as well."""
        return self.spaces[tensor.writer].keep[: len(tensor.constant)]

    def create(self, writer: str, channels: int, keep: bool) -> None:
        """New channels, which all stay or all go as long as nothing needs them."""
        self.spaces[writer] = _Space(torch.full((channels,), keep), channels)

    def join(self, x: Read, y: Read) -> None:
        """Tie the channels of two tensors that are summed, x's to the first ones of y."""
        space_x, space_y = self.spaces[x.writer], self.spaces[y.writer]
        keep = max(space_x.keep, space_y.keep, key=len).clone()
        for space in (space_x, space_y):
            keep[: len(space.keep)] |= space.keep
        joined = _Space(keep, min(space_x.least, space_y.least))
        for writer, space in self.spaces.items():
            if space is space_x or space is space_y:
                self.spaces[writer] = joined


class _Tracer(fx.Tracer):
    """Sees modules that are followed as one step each, and names the module that it fails in."""

    def __init__(self):
        super().__init__(autowrap_functions=(check_size,))

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        return isinstance(module, FOLLOWED) or super().is_leaf_module(module, name)

    def call_module(self, module, forward, args, kwargs):
        try:
            return super().call_module(module, forward, args, kwargs)
        except (fx.proxy.TraceError, TypeError) as error:
            raise _refusal(self.path_of_module(module), module, f"torch.fx: {error}") from error


def _refusal(name: str, what: object, reason: str) -> ValueError:
    kind = type(what).__name__ if isinstance(what, nn.Module) else getattr(what, "__name__", what)
    return ValueError(f"compact cannot follow {name} ({kind}): {reason}")


@torch.no_grad()
def follow(network: nn.Module) -> Channels:
    """Follow the channels of a masked network, and find those that it needs."""
    try:
        graph = _Tracer().trace(network)
    except (fx.proxy.TraceError, TypeError) as error:
        raise _refusal("the network", network, f"torch.fx: {error}") from error
    calls = Counter(node.target for node in graph.nodes if node.op == "call_module")
    channels = Channels()
    tensors: dict[fx.Node, Read] = {}
    for node in graph.nodes:
        if node.op == "output":
            for result in node.all_input_nodes:
                channels.keep(tensors[result])[:] = True
        elif node.op == "placeholder":
            tensors[node] = Read(torch.empty(0), node.name)  # its first reader knows more
            channels.create(node.name, 0, keep=True)
        elif node.op == "call_module":
            module = network.get_submodule(node.target)
            _check(module, node.target, calls[node.target])
            inputs = _inputs(node, module, tensors)
            tensors[node] = _through_module(node.target, module, inputs, channels)
        elif node.target is not check_size:
            inputs = _inputs(node, node.target, tensors)
            tensors[node] = _through_function(node, inputs, channels)
    _spread(network, channels)
    return channels


def _check(module: nn.Module, name: str, calls: int) -> None:
    """Refuse a module of which it is not known what it makes of channels."""
    if type(module) not in FOLLOWED:
        raise _refusal(name, module, "no rule says what it makes of single channels")
    if module._forward_hooks or module._forward_pre_hooks:
        raise _refusal(name, module, "hooks may change what it computes: remove them first")
    if calls > 1 and isinstance(module, READERS + NORMS):
        raise _refusal(name, module, "it is called more than once, with one set of weights")
    if isinstance(module, nn.Conv2d) and module.groups > 1:
        raise _refusal(name, module, "its channels come in groups of one size")
    if isinstance(module, NORMS) and module.running_mean is None:
        raise _refusal(name, module, "without running statistics it has no constants")
    if isinstance(module, nn.Flatten) and (module.start_dim, module.end_dim) != (1, -1):
        raise _refusal(name, module, "only all axes after the first can be flattened")


def _inputs(node: fx.Node, what: object, tensors: dict[fx.Node, Read]) -> list[Read]:
    """The tensors that a step reads, in order."""
    nodes = [given for given in (*node.args, *node.kwargs.values()) if isinstance(given, fx.Node)]
    if not nodes or len(nodes) != len(node.all_input_nodes) or any(n not in tensors for n in nodes):
        raise _refusal(node.name, what, "it reads something else than outputs of other layers")
    return [tensors[given] for given in nodes]


def _through_module(name: str, module: nn.Module, inputs: list[Read], channels: Channels) -> Read:
    """What a module makes of the constants that it reads."""
    read = inputs[0]
    if isinstance(module, READERS):
        return _read(name, module, read, channels)
    if isinstance(module, Add | ResidualSum):
        return _sum(name, module, inputs, channels)
    if isinstance(module, nn.Flatten):
        return Read(read.constant, read.writer, flat=True)
    if isinstance(module, NORMS):
        if len(read.constant) != module.num_features:
            raise _refusal(
                name, module, "its input has more numbers than channels, or is the image"
            )
        channels.norms[name] = read.writer
    if isinstance(module, (*NORMS, *ELEMENTWISE)):
        rows = read.constant[None, :, None, None] if isinstance(module, nn.BatchNorm2d) else None
        passed = module(read.constant[None] if rows is None else rows).flatten()
        return Read(passed, read.writer, read.flat)
    if isinstance(module, nn.AvgPool2d) and (module.padding or module.divisor_override):
        varies = torch.full_like(read.constant, torch.nan)  # other than 0, at the border
        return Read(varies.where(read.constant != 0, 0), read.writer, read.flat)
    return read


def _through_function(node: fx.Node, inputs: list[Read], channels: Channels) -> Read:
    """The same for a function, or a method of a tensor."""
    options = [given for given in node.args if not isinstance(given, fx.Node)]
    read = inputs[0]
    if node.target in RELUS:
        return Read(F.relu(read.constant), read.writer, read.flat)
    if node.target in POOLINGS:
        return read
    if node.target in SUMS and len(inputs) == 2 and not node.kwargs:
        return _sum(node.name, node.target, inputs, channels)
    if node.target in FLATTENS and options == [1] and not node.kwargs:
        return Read(read.constant, read.writer, flat=True)
    raise _refusal(node.name, node.target, "no rule says what it makes of single channels")


def _sum(name: str, what: object, inputs: list[Read], channels: Channels) -> Read:
    """The sum of two tensors; a shortcut may lack the last channels, which are zeros then."""
    x, y = inputs
    lacking = len(y.constant) - len(x.constant)
    padded = isinstance(what, ResidualSum) and lacking > 0
    if not len(x.constant) or (lacking and not padded) or x.flat != y.flat:
        raise _refusal(name, what, "it sums tensors of other shapes, or the image itself")
    channels.join(x, y)
    total = F.pad(x.constant, (0, lacking)) + y.constant
    return Read(F.relu(total) if isinstance(what, ResidualSum) else total, y.writer, y.flat)


def _read(name: str, module: nn.Module, read: Read, channels: Channels) -> Read:
    """The output of a convolution or a linear layer: new channels, some of them constant."""
    inputs = module.weight.shape[1]
    if not len(read.constant):  # the image, all of which stays
        read = Read(module.weight.new_full((inputs,), torch.nan), f"{name}: image", read.flat)
        channels.create(read.writer, inputs, keep=True)
    flat = isinstance(module, nn.Linear)
    if flat != read.flat and not (flat and read.writer.endswith(": image")):
        raise _refusal(name, module, "it does not read the axis of the channels")
    if inputs % len(read.constant):
        raise _refusal(name, module, "its inputs are not a whole number for each channel")
    read = Read(_seen(module, read.constant), read.writer, read.flat)
    channels.reads[name] = read
    channels.create(name, len(module.weight), keep=False)
    weight = by_channel(module.weight, read)
    added = torch.where(weight.any(-1), weight.sum(-1) * read.constant, 0).sum(1)
    constant = added if module.bias is None else added + module.bias
    constant = constant * getattr(module, "scale", 1)  # of a ScaledLinear
    return Read(constant, name, flat)


def _seen(module: nn.Module, constant: torch.Tensor) -> torch.Tensor:
    """The constants that a reader's bias can take; NaN for what ends at a border of zeros."""
    padded = getattr(module, "padding", 0) not in (0, (0, 0), "valid")
    if not padded or module.padding_mode != "zeros":
        return constant
    return constant.where(constant == 0, torch.nan)


def by_channel(weight: torch.Tensor, read: Read) -> torch.Tensor:
    """(outputs, channels read, weights between the two)"""
    return weight.reshape(len(weight), len(read.constant), -1)


def _spread(network: nn.Module, channels: Channels) -> None:
    """Keep what kept channels read, until nothing is added; then one channel of each empty layer.

    Nothing is kept that only channels without use read, even where these form a circle.
    """
    before = -1
    while before != (before := sum(int(space.keep.sum()) for space in channels.spaces.values())):
        for name, read in channels.reads.items():
            weight = network.get_submodule(name).weight
            rows = channels.spaces[name].keep[: len(weight)]
            read_at_all = by_channel(weight, read)[rows].any(-1).any(0)
            channels.keep(read)[:] |= (read_at_all & read.constant.isnan()).cpu()
    for space in channels.spaces.values():
        if not space.keep[: space.least].any():
            space.keep[:1] = True
