"""The peer permutes our CKA, and a row compares as if it had made all its permutations."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks import nulls
from benchmarks.nulls import DATA, Case, measure, of_columns, of_images, pair
from lib.metrics import METRICS

SHAPE = (200, 12)


@pytest.mark.parametrize("cka", [of_images, of_columns])
def test_the_peer_permutes_our_cka(cka):
    x, y = pair(SHAPE, DATA["related"])
    assert float(cka(*map(torch.from_numpy, (x, y)))) == pytest.approx(METRICS["cka"](x, y))


@pytest.mark.parametrize(("p_value", "same"), [(0.01, 2), (0.5, 0)])
def test_a_row_is_as_if_all_permutations_had_been_made(monkeypatch, p_value, same):
    def calibrate(x, y, sim, *, K, alpha, generator):
        return 0, torch.tensor(p_value), sim(x, y)

    peer = SimpleNamespace(calibrate=calibrate)
    monkeypatch.setitem(sys.modules, "calibrated_similarity", peer)
    monkeypatch.setattr(nulls, "timed", lambda compute: (compute(), np.array([1.0, 2.0])))
    row = measure(Case("related", of_columns, permutations=2), 2, SHAPE)
    assert row["same decisions"] == same
    assert row["elapsed ratio"] == row["processor ratio max"] == 201 / 3
    assert row["peer's processor seconds at 200"] == 2 * 201 / 3
