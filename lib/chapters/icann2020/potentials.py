"""Post-synaptic potentials: the values of the neurons before their non-linearity."""

from collections import Counter
from collections.abc import Iterator

from torch import Tensor, nn

from ...models.recording import evaluating


def record_potentials(
    model: nn.Module, images: Tensor, batch_size: int = 500
) -> Iterator[dict[str, Tensor]]:
    """The inputs of all `nn.ReLU` modules, in evaluation mode and without gradients.

    They come batch by batch, since all of them at once seldom fit into memory: VGG16 has 276,480
    neurons for 32 by 32 pixels. Each batch is a copy, which a ReLU that works in place does not
    overwrite.

    Args:
        model: any network. A ReLU that is called as a function, not as a module, is not recorded.
        images: (n, ...), as the network takes them.
        batch_size: images in one forward pass.

    Yields:
        {name: potentials} in the order of the calls; each (b, units) or (b, c, h, w). The name is
        that of the module; of one that is called several times in a pass, `name#1`, `name#2`, ...

    Raises:
        ValueError: `batch_size` below 1; no ReLU was called.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    return (_potentials(model, batch) for batch in images.split(batch_size))


def _potentials(model: nn.Module, batch: Tensor) -> dict[str, Tensor]:
    potentials: dict[tuple[str, int], Tensor] = {}
    calls: Counter[str] = Counter()

    def hook(name: str):
        def keep(module: nn.Module, args: tuple) -> None:
            calls[name] += 1
            potentials[name, calls[name]] = args[0].clone()

        return keep

    handles = [
        module.register_forward_pre_hook(hook(name))
        for name, module in model.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    try:
        with evaluating(model):
            model(batch)
    finally:
        for handle in handles:
            handle.remove()
    if not potentials:
        raise ValueError(
            f"{type(model).__name__} called no nn.ReLU: write its non-linearities as modules, "
            "not as torch.relu or nn.functional.relu"
        )
    return {
        name if calls[name] == 1 else f"{name}#{call}": found
        for (name, call), found in potentials.items()
    }
