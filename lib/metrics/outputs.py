"""The metric of network outputs, where each column has a meaning of its own."""

import torch
from torch import Tensor

from .metric import Invariances, Pair, cached_on_argument, metric
from .representation import Representation


@metric(
    "cosine",
    reshapes=("flat",),
    invariances=Invariances(
        permutation=False, orthogonal=False, translation=False, dead_columns=False
    ),
)
def cosine(pair: Pair) -> float:
    """Magnitude of the cosine between the vectorised representations, equation 8 of the paper.

    Not centred. Meant for outputs before the softmax, whose columns are classes.

    Raises:
        ValueError: arrays of different shapes.
    """
    if pair.x.shape != pair.y.shape:
        raise ValueError(
            f"{pair.y.name}: got shape {pair.y.shape}, want {pair.x.shape} as in {pair.x.name}: "
            "entries are compared one by one"
        )
    norms = _norms(pair.x).norm().item() * _norms(pair.y).norm().item()
    products = (pair.x.raw(of_x) * pair.y.raw(of_y) for of_x, of_y in pair.image_blocks())
    inner = torch.cat([product.sum(1) for product in products])
    return abs(inner.sum().item()) / norms


@cached_on_argument
def _norms(side: Representation) -> Tensor:
    """Norms of the uncentred rows."""
    side.check_variance()
    blocks = (side.raw(images) for images in side.image_blocks())
    return torch.cat([torch.linalg.vector_norm(block, dim=1) for block in blocks])
