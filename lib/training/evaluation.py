"""Test-set performance."""

import torch
from torch import nn
from torch.nn import functional as F

from ..data import Dataset, Images, normalise


def precision_of(model: nn.Module) -> torch.dtype:
    """The floating type of a network's parameters."""
    return next(model.parameters()).dtype


@torch.no_grad()
def evaluate(
    model: nn.Module, images: Images, dataset: Dataset, batch_size: int = 1000
) -> tuple[float, float]:
    """Accuracy in [0, 1] and mean cross-entropy in nats, in evaluation mode.

    Args:
        model: a classifier; its mode comes back afterwards.
        images: what to classify, on the model's device.
        dataset: where `mean` and `std` are taken from.
        batch_size: images in one forward pass.
    """
    training = model.training
    model.eval()
    correct = torch.zeros((), dtype=torch.int64, device=images.labels.device)
    loss = torch.zeros((), dtype=torch.float64, device=images.labels.device)
    dtype = precision_of(model)
    batches = zip(images.pixels.split(batch_size), images.labels.split(batch_size), strict=True)
    for pixels, labels in batches:
        logits = model(normalise(pixels, dataset.mean, dataset.std, dtype))
        correct += (logits.argmax(1) == labels).sum()
        loss += F.cross_entropy(logits, labels, reduction="sum").double()
    model.train(training)
    return correct.item() / len(images), loss.item() / len(images)
