"""Metrics of network outputs, where each column has a meaning of its own."""

import math
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from .inputs import DegenerateError
from .metric import Invariances, Pair, cached_on_argument, metric
from .representation import Representation

SMALLEST_NORMAL = torch.finfo(torch.float64).tiny

ENTRY_BY_ENTRY = Invariances(
    permutation=False, orthogonal=False, translation=False, dead_columns=False
)


@metric("cosine", reshapes=("flat",), invariances=ENTRY_BY_ENTRY)
def cosine(pair: Pair) -> float:
    """Magnitude of the cosine between the vectorised representations, equation 8 of the paper.

    Not centred. Meant for outputs before the softmax, whose columns are classes.

    Raises:
        ValueError: arrays of different shapes.
    """
    _check_shapes(pair)
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


@metric("agreement", reshapes=("flat",), invariances=ENTRY_BY_ENTRY)
def agreement(pair: Pair) -> float:
    """Share of the data points `(n, classes)` to which both networks give the same class."""
    x, y = _outputs(pair)
    return (x.argmax(1) == y.argmax(1)).to(torch.float64).mean().item()


@metric("Jensen-Shannon", reshapes=("flat",), invariances=replace(ENTRY_BY_ENTRY, scale=False))
def jensen_shannon(pair: Pair) -> float:
    """1 - mean Jensen-Shannon divergence, in bits, of the predicted probabilities.

    Lin (1991), eq. 4.1 with equal weights. The probabilities are the softmax of the
    outputs `(n, classes)`.
    """
    log_x, log_y = (outputs.log_softmax(1) for outputs in _outputs(pair))
    log_mean = torch.logaddexp(log_x, log_y) - math.log(2)
    nats = sum((log.exp() * (log - log_mean)).sum(1) for log in (log_x, log_y)) / 2
    return 1 - nats.mean().item() / math.log(2)


@metric("logit cosine", reshapes=("flat",), invariances=ENTRY_BY_ENTRY, lowest=-1.0)
def logit_cosine(pair: Pair) -> float:
    """Mean over data points of the cosine between both outputs `(n, classes)`, not centred.

    `cosine` weights data points by the size of their outputs; here all have equal weight. The
    cosine of a point whose output is 0 counts as 0.
    """
    # Divided by the largest entry first, since its square may not fit float64.
    x, y = (F.normalize(outputs, torch.inf, eps=SMALLEST_NORMAL) for outputs in _outputs(pair))
    return F.cosine_similarity(x, y, eps=SMALLEST_NORMAL).mean().item()


def _outputs(pair: Pair) -> tuple[Tensor, Tensor]:
    """Both outputs `(n, classes)`, float64, those of y in the order of the pair."""
    if len(pair.x.shape) != 2:
        raise DegenerateError(f"{pair.x.name}: got shape {pair.x.shape}, want (n, classes)")
    _check_shapes(pair)
    for side in (pair.x, pair.y):
        side.check_variance()
    outputs_x, outputs_y = (side.data.to(torch.float64) for side in (pair.x, pair.y))
    return outputs_x, pair.reordered(outputs_y)


def _check_shapes(pair: Pair) -> None:
    if pair.x.shape != pair.y.shape:
        raise ValueError(
            f"{pair.y.name}: got shape {pair.y.shape}, want {pair.x.shape} as in {pair.x.name}: "
            "entries are compared one by one"
        )
