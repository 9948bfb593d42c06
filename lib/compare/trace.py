"""One forward pass of a network: what its modules give, where channels are, and its main parts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from torch import Tensor, nn

from ..models.module_outputs import Forward, evaluating, modules_of, run_forward, tensors_in

OF_PYTORCH = {
    "conv": ("conv", "first", "out_channels"),
    "linear": ("fc", "last", "out_features"),
    "batchnorm": ("norm", "first", "num_features"),
    "instancenorm": ("norm", "first", "num_features"),
    "normalization": ("norm", "", ""),
    "pooling": ("pool", "first", ""),
    "upsampling": ("block", "first", ""),
    "fold": ("block", "first", ""),
    "rnn": ("recurrent", "last", ""),
    "sparse": ("embedding", "last", "embedding_dim"),
    "activation": ("act", "", ""),
    "transformer": ("block", "last", ""),
}
"""{file of PyTorch with modules: their kind, where they have channels, which attribute has the
number of these}; quantised modules are in files of the same names."""

FEWEST = 4
"""A network of fewer main parts is opened further."""


@dataclass(eq=False)
class Call:
    """One call of a module that gives a tensor."""

    name: str
    module: nn.Module
    output: object
    tensor: Tensor  # the first in the output, (b, ...)
    tensors: int  # in the output
    source: Tensor | None  # the first argument
    times: int = 1  # how often the module is called

    @property
    def leaf(self) -> bool:
        return next(self.module.children(), None) is None

    @property
    def of_pytorch(self) -> tuple[str, str, str]:
        """The entry of `OF_PYTORCH` for the class of the module, or the one that it extends."""
        if isinstance(self.module, nn.MultiheadAttention):
            return "attention", "last", ""
        for one in type(self.module).__mro__:
            *packages, file = one.__module__.split(".")
            if packages[:1] == ["torch"] and (entry := OF_PYTORCH.get(file.partition("_")[0])):
                return entry
        return "block", "", ""

    @property
    def kind(self) -> str:
        return self.of_pytorch[0]

    @property
    def own_forward(self) -> bool:
        """Whether the class does not compute as PyTorch's does."""
        owner = next(one for one in type(self.module).__mro__ if "forward" in vars(one))
        return not owner.__module__.startswith("torch.")

    @property
    def places(self) -> set[str]:
        """Where a module of PyTorch, or one that extends it, has channels, `"first"` or `"last"`:
        both, if its number of channels fits both and its forward is its own."""
        _, place, attribute = self.of_pytorch
        width = getattr(self.module, attribute, None)
        if isinstance(self.module, nn.GroupNorm):
            place, width = "first", self.module.num_channels
        elif len(shape := getattr(self.module, "normalized_shape", ())) == 1:
            place, (width,) = "last", shape
        if not place or self.tensor.ndim < 2:
            return set()
        if width is None:  # such as pooling, and `nn.Identity`
            return set() if attribute or self.own_forward else {place}
        lengths = {"first": self.tensor.shape[1], "last": self.tensor.shape[-1]}
        fitting = {where for where, length in lengths.items() if length == width}
        return {place} & fitting if place in fitting and not self.own_forward else fitting

    def is_layer(self, images: int) -> bool:
        """Whether the output has a row of floats for each image."""
        of_each = self.tensor.ndim > 1 and len(self.tensor) == images
        return of_each and self.tensor.is_floating_point()


class Trace:
    """The calls of a forward pass, in the order in which they end, in evaluation mode.

    All outputs are kept, so that each tensor is known by its `id`.

    Attributes:
        calls: {first name of a module: its first call}.
        wrote: whether the pass changed a parameter or a buffer, which has its value again.
    """

    def __init__(self, network: nn.Module, batch: object, forward: Forward) -> None:
        self.network, self.calls, self._all = network, {}, []
        names = {module: name for name, module in reversed(modules_of(network).items())}

        def keep(module: nn.Module, args: tuple, output: object) -> None:
            found = [*tensors_in(output)]
            if not found:
                return
            source = args[0] if args and isinstance(args[0], Tensor) else None
            call = Call(names[module], module, output, found[0], len(found), source)
            self._all.append(call)
            if self.calls.setdefault(call.name, call) is not call:
                self.calls[call.name].times += 1

        with ExitStack() as hooks, evaluating(network) as changed:
            for module in names:
                hooks.enter_context(module.register_forward_hook(keep))
            run_forward(network, batch, forward)
        self.wrote = bool(changed)
        self._told: dict[int, list[str]] = {}
        for i, call in enumerate(self._all):
            if id(call.tensor) not in self._told:
                self._told[id(call.tensor)] = self._tell(call, call.tensor, self._all[:i])

    def channels(self, name: str, output: Tensor) -> tuple[str, bool]:
        """Where an output of a module has its channels, `"first"` or `"last"`, and whether there
        is a reason for the other place, too.

        The first module of PyTorch that made the tensor tells. If there is none, others tell: of
        what it is a view, what made the input, the modules inside, and last, all that gave the same
        shape. If none tells, channels are last in tokens `(n, t, d)`, and first in anything else.
        """
        default = "last" if output.ndim == 3 else "first"
        if output.ndim < 3:
            return default, False
        told = self._told.get(id(output))
        if told is None:  # another tensor than the first
            told = self._tell(self.calls[name], output, self._all)
        told = told or self._of_shape(output)
        return next(iter(told), default), len(set(told)) > 1

    def _tell(self, call: Call, output: Tensor, before: list[Call]) -> list[str]:
        """The places that are told for a tensor, the likeliest first, by the calls before."""
        own = call.places if call.tensor is output else set()
        if len(own) == 1:
            return [*own]
        told, shape = [], None if call.source is None else call.source.shape
        if shape == output.shape or (call.kind == "act" and shape):
            told = self._told.get(id(call.source)) or self._of_view(call.source, before)
        if own and call.kind != "norm":
            native = call.of_pytorch[1]
            return [native, *(told or own - {native})]
        if own or call.kind == "act":
            return told or sorted(own)
        if viewed := self._of_view(output, before):
            return viewed
        inside = [one for one in before if one.name.startswith(f"{call.name}.".lstrip("."))]
        alike = [one for one in inside if one.tensor.shape == output.shape]
        of_inside = [place for one in alike for place in self._told[id(one.tensor)]]
        if not (told or of_inside):
            alike = [one for one in inside if one.tensor.ndim == output.ndim]
            of_inside = [place for one in alike for place in self._told[id(one.tensor)]]
        return told + of_inside

    def _of_view(self, output: Tensor, before: list[Call]) -> list[str]:
        """The place that follows if a tensor is a view of another one, as by `permute`."""
        for one in before:
            known, other = set(self._told[id(one.tensor)]), one.tensor
            if other is output or len(known) != 1 or not _shares(output, other):
                continue
            step = other.stride(1 if known == {"first"} else -1)
            at = [i for i, length in enumerate(output.stride()) if length == step]
            if at in ([1], [output.ndim - 1]):
                return ["first" if at == [1] else "last"]
        return []

    def _of_shape(self, output: Tensor) -> list[str]:
        alike = [one for one in self._all if one.tensor.shape == output.shape]
        return [place for one in alike for place in self._told[id(one.tensor)]]

    def parts(self, images: int, most: int) -> dict[str, str]:
        """{layer: kind} of the main parts of the network, in the order of their calls.

        They are its children; those in a `Sequential` or a list count one by one, and if there are
        fewer than `FEWEST`, the largest is opened. A normalisation or activation after a layer
        belongs to it. If there are more than `most`, some are taken at equal steps.
        """
        opened = _children("", self.network)
        while True:
            layers = self._layers(opened, images)
            inside = {name: _children(name, self.calls[name].module) for name in layers}
            larger = [
                name
                for name in layers
                if self._layers(inside[name], images)
                and (
                    layers[name] == "out" or any(map(_contains, self.calls[name].module.children()))
                )
            ]
            if len(layers) >= FEWEST or not larger:
                break
            largest = max(larger, key=lambda name: len([*self.calls[name].module.modules()]))
            opened = {
                inner: module
                for name in opened
                for inner, module in (
                    inside[largest] if name == largest else {name: opened[name]}
                ).items()
            }
        if len(layers) > most:
            names = list(layers)
            steps = (round(i * (len(names) - 1) / (most - 1)) for i in range(most))
            layers = {names[i]: layers[names[i]] for i in steps}
        whole = self.calls.get("")
        return layers or ({"": "out"} if whole and whole.is_layer(images) else {})

    def _layers(self, modules: Mapping[str, nn.Module], images: int) -> dict[str, str]:
        """{layer: kind} of these modules."""
        layers: dict[str, str] = {}
        for name, call in self.calls.items():
            if name not in modules or not call.is_layer(images):
                continue
            if call.kind != "act" and call.source is not None and _same(call.tensor, call.source):
                continue  # as dropout in evaluation mode, and flattening
            last = self.calls[next(reversed(layers))] if layers else call
            kind = call.kind
            if kind in ("norm", "act") and last.leaf and call.source is last.tensor:
                kind = layers.pop(last.name)
            layers[name] = kind
        out = self.calls[""].tensor if "" in self.calls else None
        return {n: "out" if self.calls[n].tensor is out else kind for n, kind in layers.items()}


def _contains(module: nn.Module) -> bool:
    return isinstance(module, nn.Sequential | nn.ModuleList)


def _shares(one: Tensor, other: Tensor) -> bool:
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()


def _same(one: Tensor, other: Tensor) -> bool:
    return one.numel() == other.numel() and one.data_ptr() == other.data_ptr()


def _children(name: str, module: nn.Module) -> dict[str, nn.Module]:
    """The modules inside, those in containers one by one."""
    found = {}
    for child, inside in module.named_children():
        path = f"{name}.{child}".removeprefix(".")
        plain = type(inside).forward in (nn.Sequential.forward, nn.Module.forward)
        contents = _children(path, inside) if plain else {}
        found |= contents or {path: inside}
    return found
