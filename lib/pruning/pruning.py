"""One pruning step."""

from functools import partial

from torch import nn

from ..validation import integer
from .mask import Mask
from .scores import SCORES, Evidence
from .settings import Pruning
from .weight_selection import select


def prune(
    model: nn.Module,
    mask: Mask,
    pruning: Pruning,
    iteration: int = 1,
    evidence: Evidence | None = None,
) -> Mask:
    """One pruning step, which returns the next mask, already applied to the network.

    Args:
        model: a network; its pruned weights become zero, nothing else changes.
        mask: what survived so far; `Mask.complete(model)` before the first iteration.
        pruning: what to remove.
        iteration: counted from 1; matters where the levels are listed.
        evidence: for scores other than magnitude.

    Returns:
        The new mask, nested in `mask`.

    Raises:
        ValueError: a score without the evidence that it needs, an iteration out of
            range, a mask of another network; what `select` refuses.
    """
    if evidence is None and pruning.score != "magnitude":
        raise ValueError(f"the score {pruning.score} needs evidence: images, labels, a generator")
    integer("iteration", iteration, 1, pruning.iterations, "there are no more")
    if diverged := [n for n, w in mask.weights(model).items() if not w.isfinite().all()]:
        raise ValueError(f"{diverged[0]} has weights that are no numbers: the network has diverged")
    mask.apply_(model)
    for rounds_left in range(pruning.rounds, 0, -1):
        removal = partial(pruning.removal, iteration, rounds_left=rounds_left)
        scores = SCORES[pruning.score](model, evidence, mask.kept)
        mask = select(mask, scores, removal, pruning.scope, pruning.granularity)
        mask.apply_(model)
    return mask
