"""PSP-entropy: a sign that is certain has none, one like a coin toss has one bit."""

import pytest
import torch

from notebooks.icann2020.psp_entropy import SignCounts

LABELS = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])


def made_up(n=600, units=7, classes=4, seed=0):
    draw = torch.Generator().manual_seed(seed)
    potentials = torch.randn(n, units, generator=draw) + torch.linspace(-2, 2, units)
    return potentials, torch.randint(classes, (n,), generator=draw)


def counted(potentials, labels, classes):
    """All images at once."""
    counts = SignCounts(classes)
    counts.update(potentials, labels)
    return counts


def bits(p):
    terms = [torch.where(q > 0, -q * torch.log2(q), 0.0) for q in (p, 1 - p)]
    return terms[0] + terms[1]


def test_always_on_and_always_off_are_certain_and_every_second_image_is_a_coin_toss():
    on, off = torch.full((8,), 2.0), torch.full((8,), 0.0)  # exactly zero is off
    half = torch.tensor([1.0, 0, 1, 0, 5, 5, -5, -5])
    entropy = counted(torch.stack([on, off, half], 1), LABELS, 2).entropy()
    assert torch.equal(entropy, torch.tensor([[0.0, 0], [0, 0], [1, 1]]).double())


def test_the_entropy_is_that_of_one_class_after_the_other_in_any_batches():
    potentials, labels = made_up()
    whole = counted(potentials, labels, 4)
    entropy = whole.entropy()
    on = torch.stack([(potentials[labels == c] > 0).double().mean(0) for c in range(4)])
    torch.testing.assert_close(entropy, bits(on).T, rtol=0, atol=1e-15)
    torch.testing.assert_close(whole.mixed_entropy(), bits(on.mean(0)), rtol=0, atol=1e-15)
    assert entropy.min() < 0.5 < 0.95 < entropy.max() <= 1
    counts = SignCounts(4)
    for some, of in zip(potentials.split([1, 599]), labels.split([1, 599]), strict=True):
        counts.update(some, of)
    assert torch.equal(counts.entropy(), entropy)


def test_a_sign_is_that_of_the_potential_in_its_own_precision():
    """Converted to single precision, the smallest number in double precision would be 0."""
    potentials = (LABELS == 1).double()[:, None] * torch.finfo(torch.double).tiny
    counts = counted(potentials, LABELS, 2)
    assert counts.entropy().sum() == 0
    assert counts.mixed_entropy().item() == 1


def test_a_class_without_images_is_named_and_a_diverged_batch_not_counted():
    with pytest.raises(ValueError, match="no images of class 2, 3:"):
        counted(torch.ones(8, 1), LABELS, 4).entropy()
    counts = counted(torch.ones(8, 2), LABELS, 2)
    with pytest.raises(ValueError, match="NaN or infinite"):
        counts.update(torch.full((8, 2), torch.nan), LABELS)
    counts.update(-torch.ones(8, 2), LABELS)
    assert torch.equal(counts.entropy(), torch.ones(2, 2).double())
