"""PSP-entropy: how little the sign of a neuron says about the class of the image.

Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to Find
Well-Generalizing, High-Entropy Sharp Minima" (ICANN 2020).
"""

import math

import torch
from torch import Tensor


class SignCounts:
    """How inconclusive each neuron is on each class, from images that come in batches.

    p(+|c) is the share of the images of class c for which the post-synaptic potential
    (PSP) of the neuron is positive. Its binary entropy in bits is 0 where the neuron is
    always on or always off for the class, and 1 where it is on for every second image.
    Each position of each channel is a neuron of its own. A potential of exactly 0 is off,
    since a ReLU outputs 0.

    Only integers are kept, so any batches, in any order, give exactly what all images
    at once give.

    Args:
        classes: how many classes there are.
    """

    def __init__(self, classes: int):
        self.classes = classes
        self._images = torch.zeros(classes, dtype=torch.int64)
        self._on: Tensor | None = None  # (classes, units), once the first batch tells the units

    def update(self, potentials: Tensor, labels: Tensor) -> None:
        """Add a batch.

        Args:
            potentials: (b, units), or (b, c, h, w) with its units in this order, as
                many units as before; or the outputs of the ReLUs, which are positive
                where the potentials are.
            labels: (b,), integers in [0, classes).

        Raises:
            ValueError: NaN or infinite potentials. The counts are then as they were.
        """
        rows, labels = potentials.detach().flatten(1), labels.to(potentials.device)
        if not rows.isfinite().all():
            raise ValueError("potentials must be finite, got NaN or infinite values")
        # sums of so few ones are exact in float32, which has a fast product everywhere
        members = torch.nn.functional.one_hot(labels, self.classes).float()
        on = (members.T @ (rows > 0).float()).long().cpu()
        self._images += torch.bincount(labels, minlength=self.classes).cpu()
        self._on = on if self._on is None else self._on + on

    def entropy(self) -> Tensor:
        """The PSP-entropy of all images so far; its sum is that of the layer in the paper.

        Returns:
            (units, classes), float64 on the CPU.

        Raises:
            ValueError: a class without images, which has no entropy.
        """
        on, off = self._shares()
        return _bits(on, off).T

    def mixed_entropy(self) -> Tensor:
        """What the PSP-entropy would be if the sign said nothing about the class.

        The binary entropy of p(+), with equal weight for every class. A neuron that is
        seldom on has little `entropy` on any class, without being tied to one. The two
        differ by the mutual information of sign and class, for equally frequent classes;
        estimated from n images it is too large by about (classes - 1) / (2 n ln 2) bits.

        Returns:
            (units,), float64 on the CPU, nowhere below the mean of `entropy` over the
            classes.

        Raises:
            ValueError: a class without images.
        """
        on, off = self._shares()
        return _bits(on.mean(0), off.mean(0))

    def _shares(self) -> tuple[Tensor, Tensor]:
        """(classes, units) each: how often a neuron is on, and how often off."""
        empty = (self._images == 0).nonzero().flatten().tolist()
        if self._on is None or empty:
            raise ValueError(
                f"no images of class {', '.join(map(str, empty))}: PSP-entropy needs at least one "
                f"image of each of the {self.classes} classes"
            )
        images = self._images[:, None]
        # both are quotients of integers, so that on and off are treated exactly alike
        return self._on.double() / images, (images - self._on).double() / images


def _bits(on: Tensor, off: Tensor) -> Tensor:
    """Binary entropy of shares that add up to 1."""
    return (torch.special.entr(on) + torch.special.entr(off)) / math.log(2)
