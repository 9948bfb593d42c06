"""One step of a training; on a GPU it is captured once and replayed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WARM_UP = 3
"""Ordinary steps before the capture: in the first ones libraries choose their algorithms."""


class Step:
    """Forward pass, loss, backward pass, update.

    On a GPU the many small operations of a step take less time than launching them one by one.
    Captured as a CUDA graph, they are launched all at once. The captured step does what the
    ordinary one does, in the same order. But what the network decides in Python is decided once, at
    the capture: a network that decides anew in each pass must not be captured.

    Args:
        model: the network, trained in place.
        optimiser: of its parameters.
        autocast: compute in bfloat16 where PyTorch considers that safe.
        after: called after the update with the optimiser, and captured with it.
        captured: whether to capture on a GPU. A batch of another size than the first one always
            takes an ordinary step.
    """

    def __init__(
        self,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        autocast: bool = False,
        after: Callable[[torch.optim.Optimizer], None] | None = None,
        captured: bool = True,
    ):
        self.model = model
        self.optimiser = optimiser
        self.autocast = autocast
        self.after = after
        self.captured = captured
        self._warmed_up = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._rate: Tensor | None = None

    def __call__(self, x: Tensor, labels: Tensor, rate: float) -> Tensor:
        """One update.

        Args:
            x: the network's input, (b, ...).
            labels: (b,).
            rate: learning rate of this step.

        Returns:
            The batch's mean loss before the update, a scalar that the next call may overwrite.
        """
        self._set_rate(rate, x)
        if not (self.captured and x.is_cuda):
            return self._ordinary(x, labels)
        if self._warmed_up < WARM_UP:
            self._warmed_up += 1
            if self._warmed_up == 1:
                self._x, self._labels = torch.empty_like(x), torch.empty_like(labels)
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
        if self.captured and x.is_cuda:  # a captured step reads it from the GPU's memory
            if self._rate is None:
                self._rate = torch.zeros((), device=x.device)
            value = self._rate.fill_(rate)
        for group in self.optimiser.param_groups:
            group["lr"] = value

    def _ordinary(self, x: Tensor, labels: Tensor) -> Tensor:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.autocast):
            loss = F.cross_entropy(self.model(x), labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.after is not None:
            self.after(self.optimiser)
        return loss.detach()

    def _on_another_stream(self, x: Tensor, labels: Tensor) -> Tensor:
        """An ordinary step, but on a side stream, as PyTorch requires before a capture."""
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            loss = self._ordinary(x, labels)
        here.wait_stream(aside)
        return loss

    def _capture(self) -> None:
        """Capture the step without executing it."""
        self.optimiser.zero_grad(set_to_none=True)  # so that gradients use the capture's memory
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._loss = self._ordinary(self._x, self._labels)
