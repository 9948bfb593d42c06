"""One training of one network, epoch by epoch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..data import Dataset, augment, normalise
from ..seeds import generator
from .evaluation import layout_of
from .optimisers import build_optimiser
from .recipe import Recipe
from .step import Step

AUGMENTED_AT_ONCE = 4096
"""Images that a GPU augments in one call, at most."""


class DivergedError(ArithmeticError):
    """The loss is no longer a number."""


class Epoch(NamedTuple):
    """The report of one epoch."""

    number: int  # counted from 1
    loss: float  # mean cross-entropy of the training batches, in nats
    learning_rate: float  # at the first step


@dataclass(eq=False, repr=False)
class Training:
    """A run of a recipe: a new optimiser, and the recipe's number of epochs.

    All randomness of epoch e (order of the images, augmentation) comes from generators
    seeded with (seed, e). So a training that is resumed after an epoch gives exactly the result of
    an uninterrupted one.

    Args:
        model: the network; it is trained in place.
        dataset: its `train` images are used, on the model's device.
        seed: determines the order of the images and their augmentation.
        after_step: called after every step with the optimiser, such as `Mask.keeper`'s.
        before_step: called before every step with the numbers of whole epochs, and of steps in this
            epoch, before it.
        start: the epoch and step at which to begin, as if all earlier ones had been done.
        autocast: compute in bfloat16 where PyTorch considers it safe; weights, gradients and
            updates keep the network's precision.

    Raises:
        ValueError: a start beyond the end of the recipe.
    """

    model: nn.Module
    dataset: Dataset
    recipe: Recipe
    seed: int
    after_step: Callable[[torch.optim.Optimizer], None] | None = None
    before_step: Callable[[int, int], None] | None = None
    start: tuple[int, int] = (0, 0)
    autocast: bool = False

    def __post_init__(self):
        epoch, step = self.start
        self.steps = self.recipe.steps_in_epoch(len(self.dataset.train))
        if not (0 <= epoch < self.recipe.epochs and 0 <= step < self.steps):
            raise ValueError(
                f"a training of {self.recipe.epochs} epochs of {self.steps} steps can't start at "
                f"epoch {epoch}, step {step}"
            )
        self.optimiser = build_optimiser(self.recipe.optimiser, self.model.parameters())
        self.epochs_done = epoch
        self._step = Step(self.model, self.optimiser, self.autocast, self.after_step)

    @property
    def finished(self) -> bool:
        return self.epochs_done >= self.recipe.epochs

    def run_epoch(self) -> Epoch:
        """Train for one epoch; DivergedError if the loss of a step is no number."""
        recipe, epoch, device = self.recipe, self.epochs_done, self.dataset.train.device
        skipped = self.start[1] if epoch == self.start[0] else 0
        shuffling = generator(device, "order", self.seed, epoch)
        order = torch.randperm(len(self.dataset.train), generator=shuffling, device=device)
        draws = generator(device, "augmentation", self.seed, epoch)
        sizes, losses = [], torch.zeros(self.steps, dtype=torch.float64, device=device)
        self.model.train()
        for step, (x, labels) in enumerate(self._batches(order, draws)):
            if step < skipped:
                sizes.append(0)
                continue
            if self.before_step is not None:
                self.before_step(epoch, step)
            rate = recipe.schedule(epoch + step / self.steps)
            # losses are read at the end, since reading one makes the device wait
            losses[step] = self._step(x, labels, rate)
            sizes.append(len(labels))
        self.epochs_done += 1
        losses = losses.cpu()
        if not losses.isfinite().all():
            step = int(losses.isfinite().int().argmin())
            rate = recipe.schedule(epoch + step / self.steps)
            raise DivergedError(
                f"the loss is no longer a number at step {step + 1} of {self.steps} in epoch "
                f"{self.epochs_done} of {recipe.epochs}, where the learning rate is {rate:g}: "
                "lower the learning rate of the recipe"
            )
        mean_loss = torch.dot(losses, torch.tensor(sizes, dtype=losses.dtype)).item() / sum(sizes)
        return Epoch(self.epochs_done, mean_loss, recipe.schedule(epoch + skipped / self.steps))

    def _batches(self, order: Tensor, draws: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Inputs of the network and labels, in this order, including those of skipped steps."""
        data, recipe = self.dataset, self.recipe
        dtype, layout = next(self.model.parameters()).dtype, layout_of(self.model)
        # on a GPU launching the small operations costs the time, however many images they are for
        batches = max(1, AUGMENTED_AT_ONCE // recipe.batch_size) if order.is_cuda else 1
        for chosen in order.split(batches * recipe.batch_size):
            pixels, labels = data.train.pixels[chosen], data.train.labels[chosen]
            x = augment(pixels, recipe.augmentation, data.mean, draws, dtype)
            x = normalise(x, data.mean, data.std, dtype).contiguous(memory_format=layout)
            yield from zip(x.split(recipe.batch_size), labels.split(recipe.batch_size), strict=True)

    def state_dict(self) -> dict:
        """The state from which a training with the same arguments can continue."""
        return {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epochs_done": self.epochs_done,
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from the point at which `state_dict` was called."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epochs_done = state["epochs_done"]
