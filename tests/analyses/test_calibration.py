"""Calibration against scikit-learn and by hand."""

import math

import pytest
import torch
from sklearn import metrics as sklearn

from notebooks.accuracy.calibration import (
    best_temperature,
    brier_score,
    calibration_error,
    error_consistency,
    log_loss,
    with_temperature,
)


@pytest.fixture
def labels():
    return torch.randint(0, 4, (4000,), generator=torch.Generator().manual_seed(1))


@pytest.fixture
def logits(labels):
    """Those of a classifier that is right about half of the time."""
    noise = torch.randn(len(labels), 4, generator=torch.Generator().manual_seed(2))
    return noise + torch.nn.functional.one_hot(labels, 4)


def test_scores_are_those_of_scikit_learn(logits, labels):
    probabilities = logits.double().softmax(1).numpy()
    assert log_loss(logits, labels) == pytest.approx(sklearn.log_loss(labels, probabilities))
    # of more than two classes, scikit-learn scales by a half only if it is asked to
    brier = sklearn.brier_score_loss(labels, probabilities, scale_by_half=False)
    assert brier_score(logits, labels) == pytest.approx(brier)


def test_the_calibration_error_is_the_distance_of_confidence_and_accuracy_in_each_bin():
    confidence = torch.tensor([0.52, 0.52, 0.52, 0.52, 0.98, 0.98])
    right = torch.tensor([True, True, True, False, True, False])
    logits = torch.stack([confidence, 1 - confidence], 1).double().log()
    labels = (~right).long()
    by_hand = (4 * abs(0.75 - 0.52) + 2 * abs(0.5 - 0.98)) / 6
    assert calibration_error(logits, labels) == pytest.approx(by_hand, abs=1e-6)
    # a confidence on an edge belongs to the bin below
    logits, labels = torch.tensor([[0.5, 0.5], [0.7, 0.3]]).double().log(), torch.tensor([0, 1])
    assert calibration_error(logits, labels, bins=2) == pytest.approx((0.5 + 0.7) / 2)


def test_the_best_temperature_undoes_a_scaling_and_loses_least(logits, labels):
    best = best_temperature(logits, labels)
    assert best_temperature(3 * logits, labels) == pytest.approx(3 * best, rel=1e-4)
    least = log_loss(logits / best, labels)
    assert all(log_loss(logits / (best * factor), labels) > least for factor in (0.98, 1.02))


def test_each_half_gets_the_temperature_of_the_other(logits, labels):
    scaled = with_temperature(logits, labels)
    of_even = best_temperature(logits[::2], labels[::2])
    torch.testing.assert_close(scaled[1::2], logits[1::2].double() / of_even)
    of_odd = best_temperature(logits[1::2], labels[1::2])
    torch.testing.assert_close(scaled[::2], logits[::2].double() / of_odd)
    assert (scaled.argmax(1) == logits.argmax(1)).all()


def test_error_consistency_is_cohens_kappa_of_being_right(logits, labels):
    other = logits + 2 * torch.randn(logits.shape, generator=torch.Generator().manual_seed(5))
    right = [(each.argmax(1) == labels).numpy() for each in (logits, other)]
    assert error_consistency(logits, other, labels) == pytest.approx(
        sklearn.cohen_kappa_score(*right)
    )
    assert error_consistency(logits, 2 * logits, labels) == pytest.approx(1)
    perfect = torch.nn.functional.one_hot(labels, 4).float()
    assert math.isnan(error_consistency(perfect, perfect, labels))
    assert error_consistency(perfect, perfect.roll(1, 1), labels) == 0
