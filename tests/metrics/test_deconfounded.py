"""Deconfounded CKA: its definition, and that it sees through what both networks merely pass on."""

import numpy as np
import pytest

from lib.metrics import Representation, deconfounded_cka

from . import reference


def passed_on(rows, inputs, *columns):
    """Inputs, and representations that are linear functions of them plus something of their own."""
    rng = np.random.default_rng(rows)
    given = rng.standard_normal((rows, inputs)) * np.logspace(0, -1, inputs)
    mixed = [given @ rng.standard_normal((inputs, p)) / np.sqrt(inputs) for p in columns]
    return given, *(one + 0.1 * rng.standard_normal(one.shape) for one in mixed)


@pytest.mark.parametrize(("rows", "inputs", "columns"), [(60, 8, (5, 9)), (30, 70, (50, 6))])
def test_it_is_the_cka_of_the_residual_kernels(rows, inputs, columns):
    given, x, y = passed_on(rows, inputs, *columns)
    wanted = reference.deconfounded_cka(x, y, given)
    assert deconfounded_cka(x, y, given + 7) == pytest.approx(wanted, rel=1e-10)
    assert deconfounded_cka(y, x, Representation(given, "flat")) == pytest.approx(wanted, rel=1e-10)
    assert deconfounded_cka(x, x, given) == pytest.approx(1, abs=1e-12)


def test_maps_are_flattened_or_averaged():
    rng = np.random.default_rng(0)
    maps, other, images = (rng.standard_normal((25, c, 2, 2)) for c in (3, 4, 5))
    flat = [one.reshape(25, -1) for one in (maps, other, images)]
    assert deconfounded_cka(maps, other, images) == pytest.approx(deconfounded_cka(*flat))
    means = [one.mean((2, 3)) for one in (maps, other)]
    wanted = deconfounded_cka(*means, images)
    assert deconfounded_cka(maps, other, images, reshape="gap") == pytest.approx(wanted)


def test_what_is_not_defined_is_refused():
    given, x, y = passed_on(20, 4, 5, 6)
    turned = given @ np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    with pytest.raises(ValueError, match="^y: similarities are those of the inputs"):
        deconfounded_cka(x, 3 * turned, given)
    with pytest.raises(ValueError, match="^inputs: got 19 data points, want 20 as in x"):
        deconfounded_cka(x, y, given[:19])
    with pytest.raises(ValueError, match="^unknown reshape of deconf.* 'channels'"):
        deconfounded_cka(x, y, given, reshape="channels")
