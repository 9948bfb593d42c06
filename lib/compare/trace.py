"""One forward pass of a network: what its modules give, where channels are, and its main parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

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
    """The first call of a module that gives a tensor."""

    name: str
    module: nn.Module
    output: object
    tensor: Tensor  # the first in the output, (b, ...)
    tensors: int  # in the output
    source: Tensor | None  # the first argument
    times: int = 1  # how often the module is called
    told: list[str] = field(default_factory=list)  # where channels are, the likeliest place first

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
    def places(self) -> list[str]:
        """Where a module of PyTorch, or one that extends it, has channels, `"first"` or `"last"`:
        both, if its number of channels fits both and its forward is its own."""
        _, place, attribute = self.of_pytorch
        width = getattr(self.module, attribute, None)
        if isinstance(self.module, nn.GroupNorm):
            place, width = "first", self.module.num_channels
        elif len(shape := getattr(self.module, "normalized_shape", ())) == 1:
            place, (width,) = "last", shape
        if not place or self.tensor.ndim < 2:
            return []
        of_forward = next(one for one in type(self.module).__mro__ if "forward" in vars(one))
        own_forward = not of_forward.__module__.startswith("torch.")
        if width is None:  # such as pooling, and `nn.Identity`
            return [] if attribute or own_forward else [place]
        lengths = {"first": self.tensor.shape[1], "last": self.tensor.shape[-1]}
        fitting = sorted(
            (where for where in lengths if lengths[where] == width), key=lambda w: w != place
        )
        return fitting if own_forward else fitting[:1]

    def is_layer(self, images: int) -> bool:
        """Whether the output has a row of floats for each image."""
        of_each = self.tensor.ndim > 1 and len(self.tensor) == images
        return of_each and self.tensor.is_floating_point()


class Trace:
    """The calls of a forward pass, in the order in which they end, in evaluation mode.

    Each tensor that tells is kept, so that it is known by its `id`.

    Attributes:
        calls: {first name of a module: its first call}.
        wrote: whether the pass changed a parameter or a buffer, which has its value again.
        training: names of modules that normalise by the batch, or stay in training mode.
    """

    def __init__(self, network: nn.Module, batch: object, forward: Forward) -> None:
        self.network, self.training = network, []
        self.calls: dict[str, Call] = {}
        self._telling: dict[int, Call] = {}  # by the `id` of its tensor, which it keeps
        self._of_shape: dict[tuple[int, ...], list[str]] = defaultdict(list)
        names = {module: name for name, module in reversed(modules_of(network).items())}

        def keep(module: nn.Module, args: tuple, output: object) -> None:
            by_batch = isinstance(module, _BatchNorm) and module.running_mean is None
            if module.training or by_batch:
                self.training.append(names[module] or "the network")
            # nested tensors, whose rows differ in length, have no shape
            found = [tensor for tensor in tensors_in(output) if not tensor.is_nested]
            if not found:
                return
            first = args[0] if args else None
            source = first if isinstance(first, Tensor) and not first.is_nested else None
            call = Call(names[module], module, output, found[0], len(found), source)
            if known := self.calls.get(call.name):
                known.times += 1
            self._tell(call)
            self.calls.setdefault(call.name, call)

        with ExitStack() as hooks, evaluating(network) as changed:
            for module in names:
                hooks.enter_context(module.register_forward_hook(keep))
            run_forward(network, batch, forward)
        self.wrote = bool(changed)

    def _tell(self, call: Call) -> None:
        """Note where the tensor of a call has its channels, the likeliest place first."""
        told, shape = call.places, tuple(call.tensor.shape)
        certain = len(told) == 1
        if not told and (viewed := self._of_view(call.tensor)):
            told = viewed
        elif not certain:
            around = [*reversed(self._of_shape[shape])]
            if call.source is not None and (call.source.shape == shape or call.kind == "act"):
                around = (self._told(call.source) or self._of_view(call.source)) + around
            if not around and not told:
                inside = f"{call.name}.".lstrip(".")
                within = [one.tensor for one in self.calls.values() if one.name.startswith(inside)]
                alike = [one for one in within if one.ndim == call.tensor.ndim]
                around = [place for one in alike for place in self._told(one)]
            told = around or told if call.kind == "norm" else told[:1] + (around or told[1:])
        before = self._telling.get(id(call.tensor))
        if before is None or len(before.places) != 1:
            self._telling[id(call.tensor)], call.told = call, told
            self._of_shape[shape] += told[:1]

    def _told(self, tensor: Tensor) -> list[str]:
        """The places that a call has told for a tensor."""
        call = self._telling.get(id(tensor))
        return call.told if call else []

    def _of_view(self, output: Tensor) -> list[str]:
        """The place that follows if a tensor is a view of another one, as by `permute`."""
        for call in self._telling.values():
            told, other = call.told, call.tensor
            if other is output or len(set(told)) != 1 or not _shares(output, other):
                continue
            step = other.stride(1 if told[0] == "first" else -1)
            at = [i for i, length in enumerate(output.stride()) if length == step]
            if at in ([1], [output.ndim - 1]):
                return ["first" if at == [1] else "last"]
        return []

    def channels(self, output: Tensor) -> list[str]:
        """Where an output of a module has its channels, `"first"` or `"last"`; both, the likelier
        one first, if there are reasons for both.

        The first module of PyTorch that made the tensor tells. If there is none, what it is a view
        of tells; then the input, if it has the same shape; then the modules before, the last one
        first, whose output had the same shape; and then those inside. If none tells, channels are
        last in tokens `(n, t, d)`, and first in anything else.
        """
        told = self._told(output) or self._of_shape[tuple(output.shape)]
        default = "last" if output.ndim == 3 else "first"
        return [*dict.fromkeys(told)] if told and output.ndim > 2 else [default]

    def parts(self, images: int, most: int) -> dict[str, str]:
        """{layer: kind} of the main parts of the network, in the order of their calls.

        They are its children; those in a `Sequential` or a list count one by one, and if there are
        fewer than `FEWEST`, the largest is opened. A normalisation or activation after a layer
        belongs to it. If there are more than `most`, some are taken at equal steps.
        """
        opened = _children("", self.network)
        while len(layers := self._layers(opened, images)) < FEWEST:
            inside = {name: _children(name, self.calls[name].module) for name in layers}
            larger = [
                name
                for name, kind in layers.items()
                if self._layers(inside[name], images)
                and (kind == "out" or any(map(_contains, self.calls[name].module.children())))
            ]
            if not larger:
                break
            largest = max(larger, key=lambda name: len([*self.calls[name].module.modules()]))
            del opened[largest]
            opened |= inside[largest]
        if len(layers) > most:
            names = list(layers)
            steps = (round(i * (len(names) - 1) / (most - 1)) for i in range(most))
            layers = {names[i]: layers[names[i]] for i in steps}
        whole = self.calls.get("")
        return layers or ({"": "out"} if whole and whole.is_layer(images) else {})

    def _layers(self, modules: Collection[str], images: int) -> dict[str, str]:
        """{layer: kind} of these modules."""
        layers: dict[str, str] = {}
        last = None
        for name, call in self.calls.items():
            if name not in modules or not call.is_layer(images):
                continue
            if call.kind != "act" and call.source is not None and _same(call.tensor, call.source):
                continue  # as dropout in evaluation mode, and flattening
            kind = call.kind
            after = kind in ("norm", "act") and last and call.source is last.tensor
            if after and not [*last.module.children()]:
                kind = layers.pop(last.name)
            layers[name], last = kind, call
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
