"""Post-synaptic potentials: the values of the neurons before their non-linearity."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


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
        {module name: potentials} in the order of the calls; each (b, units) or (b, c, h, w).

    Raises:
        ValueError: `batch_size` below 1; no ReLU was called.
        RuntimeError: a ReLU was called several times in one pass.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    return (_potentials(model, batch) for batch in images.split(batch_size))


def _potentials(model: nn.Module, batch: Tensor) -> dict[str, Tensor]:
    potentials: dict[str, Tensor] = {}

    def hook(name: str):
        def keep(module: nn.Module, args: tuple) -> None:
            if name in potentials:
                raise RuntimeError(
                    f"{name} was called several times in one pass, so its name does not say whose "
                    "potentials these are: give each call an nn.ReLU of its own"
                )
            potentials[name] = args[0].clone()

        return keep

    handles = [
        module.register_forward_pre_hook(hook(name))
        for name, module in model.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    try:
        with _evaluating(model, batch.device.type):
            model(batch)
    finally:
        for handle in handles:
            handle.remove()
    if not potentials:
        raise ValueError(
            f"{type(model).__name__} called no nn.ReLU: write its non-linearities as modules, "
            "not as torch.relu or nn.functional.relu"
        )
    return potentials


@contextmanager
def _evaluating(model: nn.Module, device: str) -> Iterator[None]:
    """Evaluation mode, no gradients, full precision; everything is restored afterwards.

    Full precision, because otherwise the sign of a potential near 0 would depend on the machine: by
    default, GPUs convolve float32 with 10 bits of mantissa (TF32).
    """
    modes = [(module, module.training) for module in model.modules()]
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    tf32 = cudnn.allow_tf32, matmul.allow_tf32
    model.eval()
    cudnn.allow_tf32 = matmul.allow_tf32 = False
    try:
        with torch.no_grad(), torch.autocast(device, enabled=False):
            yield
    finally:
        cudnn.allow_tf32, matmul.allow_tf32 = tf32
        for module, training in modes:
            module.training = training
