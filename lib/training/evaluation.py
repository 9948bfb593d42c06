"""Accuracy and loss, and the memory layout of a network."""

import torch
from torch import nn
from torch.nn import functional as F

from ..data import Dataset, Images, normalise


def layout_of(model: nn.Module) -> torch.memory_format:
    """The memory format of a network's convolutions."""
    weights = [p for p in model.parameters() if p.ndim == 4 and p.shape[1] > 1]
    channels_last = torch.channels_last
    last = weights and all(w.is_contiguous(memory_format=channels_last) for w in weights)
    return channels_last if last else torch.contiguous_format


@torch.no_grad()
def evaluate(model: nn.Module, images: Images, dataset: Dataset) -> tuple[float, float]:
    """Accuracy in [0, 1] and mean cross-entropy in nats, in evaluation mode.

    Args:
        model: a classifier; the modes of its modules are restored afterwards.
        images: on the model's device.
        dataset: its `mean` and `std` normalise the images.
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    correct = torch.zeros((), dtype=torch.int64, device=images.device)
    loss = torch.zeros((), dtype=torch.float64, device=images.device)
    dtype, layout = next(model.parameters()).dtype, layout_of(model)
    batch_size = 100 if images.device.type == "cpu" else 1000  # caches hold no more
    batches = images.pixels.split(batch_size), images.labels.split(batch_size)
    for pixels, labels in zip(*batches, strict=True):
        x = normalise(pixels, dataset.mean, dataset.std, dtype).contiguous(memory_format=layout)
        logits = model(x)
        correct += (logits.argmax(1) == labels).sum()
        loss += F.cross_entropy(logits.to(dtype), labels, reduction="sum").double()
    for module, training in modes:
        module.training = training
    return correct.item() / len(images), loss.item() / len(images)
