"""One pruning step, and iterative magnitude pruning with the caller's own training."""

import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from ..models.module_outputs import unwrapped
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
    """One pruning step: returns the next mask, nested in the one before and already applied.

    Args:
        model: a network; its pruned weights become zero, nothing else changes.
        mask: the survivors so far; `Mask.complete(model)` before the first iteration.
        pruning: how to prune.
        iteration: counted from 1; used if `pruning` lists levels.
        evidence: for scores other than magnitude.

    Raises:
        ValueError: a score without the evidence that it needs, an iteration out of
            range, a mask of another network; an error of `select`.
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


def iterative_magnitude_pruning(
    network: nn.Module,
    train: Callable[[nn.Module, Mask], object],
    levels: Iterable[float],
    rewind: Mapping[str, Tensor] | None = None,
    *,
    example: object = None,
    keep: Sequence[str] | None = None,
    also: Sequence[type[nn.Module]] = (),
) -> Iterator[tuple[float, nn.Module, Mask]]:
    """Prune a trained network by global magnitude, train it again, and repeat (Han et al. 2015).

    For example::

        def train(network, mask):
            optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
            hold = mask.keeper(network)
            for images, labels in loader:
                F.cross_entropy(network(images), labels).backward()
                optimiser.step()
                hold(optimiser)
                optimiser.zero_grad()

        levels = iterative_magnitude_pruning(network, train, (1, 0.5, 0.25), keep=["head"])
        for level, network, mask in levels:
            print(level, mask.remaining, accuracy(network))

    Args:
        network: the complete network, already trained unless the first level is 1; it is changed in
            place.
        train: function of the network and the mask that trains the survivors, with its whole
            schedule from the start, and keeps all other weights at zero. If it returns a copy that
            it has trained, the network gets its weights.
        levels: the fraction of the prunable weights that remains after each pruning, not
            increasing; a level of 1 trains without pruning.
        rewind: a state of the network to which the survivors return before each
            training, such as `copy.deepcopy(network.state_dict())` from early in its
            training (Frankle et al. 2020), or from before it (Frankle and Carbin 2019).
            It may be from before the network was wrapped or compiled, or the reverse. With None
            they keep their values: this is learning-rate rewinding if `train` restarts its schedule
            (Renda et al. 2020).
        example, keep, also: as for `prunable_weights`.

    Yields:
        The level, the network (always the same object), and its mask, nested in the one before.
        Each level is computed when it is requested.

    Raises:
        ValueError: raised by `Pruning`, `prunable_weights` or `prune`; `rewind` shares memory with
            the network, so it is not an earlier state.
        RuntimeError: raised by PyTorch where the names in `rewind` are others.
    """
    pruning = Pruning(levels=tuple(float(level) for level in levels))
    present = {parameter.data_ptr() for parameter in network.parameters()}
    earlier = (rewind or {}).values()
    if any(isinstance(value, Tensor) and value.data_ptr() in present for value in earlier):
        raise ValueError("rewind is the network's present state: take a copy.deepcopy of it")
    mask = Mask.complete(network, example, keep, also)
    for iteration, level in enumerate(pruning.levels, 1):
        mask = prune(network, mask, pruning, iteration)
        if rewind is not None:
            _load_(network, rewind)
            mask.apply_(network)
        before = {name: w.detach().clone() for name, w in network.named_parameters()}
        _take_(network, train(network, mask))
        if all(torch.equal(w, before[name]) for name, w in network.named_parameters()):
            warnings.warn(
                f"train moved no weight at level {level:g}: does it train the network that it is "
                "given?",
                stacklevel=2,
            )
        if moved := [n for n, w in mask.weights(network).items() if w[~mask.kept[n]].any()]:
            warnings.warn(
                f"train moved pruned weights of {moved[0]}, which are zero again: hold them "
                "there with mask.keeper(network)",
                stacklevel=2,
            )
        mask.apply_(network)
        yield level, network, mask


def _take_(network: nn.Module, trained: object) -> None:
    """Copy the weights of another network, such as a trained copy, that `train` returned."""
    if not isinstance(trained, nn.Module) or unwrapped(trained) is unwrapped(network):
        return
    try:
        _load_(network, trained.state_dict())
    except RuntimeError as error:
        raise ValueError(f"train returned another network: {error}") from error
    warnings.warn(
        "train returned a copy, whose weights the given network has now; return nothing if it is "
        "not what was trained",
        stacklevel=3,
    )


def _load_(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load a state, which may be of the network with or without its wrapper."""
    if state.keys() != network.state_dict().keys():
        network = unwrapped(network)
        names = {_bare(name): name for name in network.state_dict()}
        bare = {_bare(name): value for name, value in state.items()}
        bare.pop("n_averaged", None)  # of AveragedModel, which is no weight
        state = {names.get(name, name): value for name, value in bare.items()}
    network.load_state_dict(state)


def _bare(name: str) -> str:
    """The name of a parameter without the prefixes of wrappers and `torch.compile`."""
    return re.sub(r"^(module\.)*", "", name.replace("_orig_mod.", ""))


@torch.no_grad()
def rescale_(model: nn.Module, mask: Mask) -> None:
    """Divide the prunable weights of each layer by the square root of its density, in place.

    A unit with a random fraction d of its inputs has d times the variance. The division restores
    the variance: the tangent kernel of a randomly pruned network then has the same limit as that of
    the complete one (Yang and Wang 2023). An empty layer stays as it is.
    """
    weights = mask.weights(model)
    for name, density in mask.densities.items():
        if density:
            weights[name].div_(math.sqrt(density))
