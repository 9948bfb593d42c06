"""The loss along random directions whose length is relative to that of the weights.

Each filter of a random direction is made as long as that filter of the network (Li et
al. 2018, section 4), so a step of 0.1 moves every filter by a tenth of its own length. A
row of a linear layer is a filter; biases and batch normalisation stay as they are, as in
the code of that paper.

Multiply the weights of one ReLU layer by a factor and divide those of the next by it: the
losses here stay the same, unlike the Hessian's eigenvalues. (With batch normalisation,
running statistics have to be rescaled as well.) Factors that differ between the units of
one layer do change them, and so does a permutation of units.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lib.seeds import generator
from notebooks.icann2020.loss import Loss


def _direction(
    filters: Mapping[str, Tensor], mask: Mapping[str, Tensor], number: int
) -> dict[str, Tensor]:
    """A random direction whose filters `(filters, weights of one)` are as long as those given; zero
    where weights are removed.

    Numbers are drawn for removed weights too, so that a network and its pruned
    descendants move in the same directions as far as they can.
    """
    draws = generator("cpu", "direction", 0, number)
    direction = {}
    for name, weight in filters.items():
        draw = torch.randn(weight.shape, generator=draws, dtype=torch.float64).to(weight.device)
        if name in mask:
            kept = mask[name].to(weight.device).flatten(1)
            draw, weight = draw * kept, weight * kept
        length = weight.norm(dim=1, keepdim=True)
        # a filter without survivors stays where it is, not at 0 / 0
        drawn = draw.norm(dim=1, keepdim=True).clamp_min(torch.finfo(draw.dtype).tiny)
        direction[name] = draw * (length / drawn)
    return direction


def loss_along(loss: Loss, steps: Sequence[float], directions: int = 10) -> Tensor:
    """The loss at some steps along random filter-normalised directions.

    Args:
        loss: of a network; weights that its mask removes do not move.
        steps: relative to the length of each filter; 0 is the network itself.
        directions: how many, each the same on every device; each takes one forward pass
            of all images for each step.

    Returns:
        (directions, steps), mean cross-entropy in nats, float64, on the CPU.
    """
    like = loss.weights
    filters = {name: w.double().flatten(1) for name, w in like.items() if w.ndim > 1}
    losses = torch.empty(directions, len(steps), dtype=torch.float64)
    for i in range(directions):
        direction = _direction(filters, loss.mask, i)
        for j, step in enumerate(steps):
            moved = {name: weight + step * direction[name] for name, weight in filters.items()}
            losses[i, j] = loss.at(
                {name: rows.to(like[name]).view_as(like[name]) for name, rows in moved.items()}
            )
    return losses
