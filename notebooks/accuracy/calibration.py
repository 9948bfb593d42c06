"""How far a classifier's probabilities can be believed, and whether two err on the same images."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

_LARGEST_LOG = 5.0
"""Temperatures are sought between exp of minus this and exp of this."""


def log_loss(logits: Tensor, labels: Tensor) -> float:
    """Mean negative logarithm of the probability of the true class, in nats.

    Args:
        logits: (n, c), before the softmax.
        labels: (n,), integers below c.
    """
    return F.cross_entropy(logits.double(), labels).item()


def brier_score(logits: Tensor, labels: Tensor) -> float:
    """Mean squared distance of the probabilities from the true class, from 0 to 2 (Brier, 1950)."""
    truth = F.one_hot(labels, logits.shape[1])
    return (logits.double().softmax(1) - truth).square().sum(1).mean().item()


def calibration_error(logits: Tensor, labels: Tensor, bins: int = 15) -> float:
    """Expected calibration error (Guo et al., 2017, equation 3), from 0 to 1.

    The mean distance, over the images, between confidence and accuracy of an image's bin;
    bins are equal intervals of confidence, closed above, as many as in that paper.
    """
    confidence, chosen = logits.double().softmax(1).max(1)
    overconfident = confidence - (chosen == labels).double()
    bin_of = (confidence * bins).ceil().long().clamp(1, bins) - 1
    by_bin = torch.zeros(bins, dtype=torch.float64, device=logits.device)
    return by_bin.index_add(0, bin_of, overconfident).abs().sum().item() / len(labels)


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The number by which logits are divided for the lowest log loss (Guo et al., 2017, 4.2).

    Above 1, the classifier is too sure of itself.
    """
    from scipy.optimize import minimize_scalar  # takes a while

    return math.exp(
        minimize_scalar(
            lambda log: log_loss(logits.double() / math.exp(log), labels),
            bounds=(-_LARGEST_LOG, _LARGEST_LOG),
            method="bounded",
            options={"xatol": 1e-6},
        ).x
    )


def with_temperature(logits: Tensor, labels: Tensor) -> Tensor:
    """Logits divided by a temperature that was chosen on images other than their own.

    Every second image makes up one half, and each half has the best temperature of the
    other.
    """
    scaled = logits.double().clone()
    for half in (0, 1):
        other_half = 1 - half
        scaled[half::2] /= best_temperature(logits[other_half::2], labels[other_half::2])
    return scaled


def error_consistency(logits_x: Tensor, logits_y: Tensor, labels: Tensor) -> float:
    """Whether two classifiers are right on the same images: Cohen's kappa (Geirhos et al., 2020).

    Returns:
        1 if they are right on the same images, 0 if they agree on that as often as two
        independent classifiers of their accuracies; NaN if both are always right, or
        never.
    """
    right_x, right_y = ((logits.argmax(1) == labels).double() for logits in (logits_x, logits_y))
    observed = (right_x == right_y).double().mean().item()
    accuracy_x, accuracy_y = right_x.mean().item(), right_y.mean().item()
    by_chance = accuracy_x * accuracy_y + (1 - accuracy_x) * (1 - accuracy_y)
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 else math.nan
