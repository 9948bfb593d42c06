"""One step of a training; on a GPU it is captured once and replayed."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WARM_UP = 3
"""Ordinary steps before the capture: in the first ones libraries choose their algorithms."""


@dataclass(eq=False, repr=False)
class Step:
    """Forward pass, loss, backward pass, update.

    On a GPU the many small operations of a step take less time than launching them one
    by one. Captured as a CUDA graph, they are launched all at once, in the same order. Python
    control flow in the network then runs only once, at the capture: a network whose control flow
    differs between passes has the attribute `capturable = False`. A batch of another size than the
    first one always takes an ordinary step.

    In bfloat16 the network is compiled first, which fuses its small operations. Compilation takes
    half a minute, or seconds if the same machine has done it before; it is skipped without a
    compiler, or with `TORCHDYNAMO_DISABLE=1`.

    Args:
        model, optimiser, autocast: as in `Training`.
        after: called after the update with the optimiser, and captured with it.
    """

    model: nn.Module
    optimiser: torch.optim.Optimizer
    autocast: bool = False
    after: Callable[[torch.optim.Optimizer], None] | None = None

    def __post_init__(self):
        self._capturable = getattr(self.model, "capturable", True)
        self._warmed_up = 0
        self._compiled: Callable[[Tensor], Tensor] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._rate: Tensor | None = None

    def __call__(self, x: Tensor, labels: Tensor, rate: float) -> Tensor:
        """One update; returns the mean loss before it, which the next call may overwrite."""
        self._set_rate(rate, x)
        if not (self._capturable and x.is_cuda):
            return self._ordinary(x, labels)
        if self._warmed_up < WARM_UP:
            self._warmed_up += 1
            if self._warmed_up == 1:
                self._x, self._labels = torch.empty_like(x), torch.empty_like(labels)
                if self.autocast:
                    # without a compiler it goes on; only here, for this imports all of it
                    torch._dynamo.config.suppress_errors = True
                    self._compiled = torch.compile(self.model, dynamic=False)
            return self._on_another_stream(x, labels)
        if x.shape != self._x.shape:
            return self._ordinary(x, labels)
        self._x.copy_(x)
        self._labels.copy_(labels)
        if self._graph is None:
            self._capture()
        self._graph.replay()
        return self._loss

    def _set_rate(self, rate: float, x: Tensor) -> None:
        value: float | Tensor = rate
        if self._capturable and x.is_cuda:  # a captured step reads it from the GPU's memory
            if self._rate is None:
                self._rate = torch.zeros((), device=x.device)
            value = self._rate.fill_(rate)
        for group in self.optimiser.param_groups:
            group["lr"] = value

    def _ordinary(self, x: Tensor, labels: Tensor) -> Tensor:
        # compiled for one size of a batch: another one would be compiled anew
        fits = self._compiled is not None and x.shape == self._x.shape
        network = self._compiled if fits else self.model
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            loss = F.cross_entropy(network(x), labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.after is not None:
            self.after(self.optimiser)
        return loss.detach()

    def _on_another_stream(self, x: Tensor, labels: Tensor) -> Tensor:
        """An ordinary step, but on a side stream, as PyTorch requires before a capture."""
        current, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(current)
        with torch.cuda.stream(aside):
            loss = self._ordinary(x, labels)
        current.wait_stream(aside)
        return loss

    def _capture(self) -> None:
        """Capture the step without executing it."""
        self.optimiser.zero_grad(set_to_none=True)  # so that gradients use the capture's memory
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._loss = self._ordinary(self._x, self._labels)
