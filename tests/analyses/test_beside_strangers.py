"""Layer by layer, a network beside its own complete network and those of other seeds."""

import pandas as pd
import pytest

from lib.analyses.validity.descent import nearer_to_own
from lib.analyses.validity.tables import DESCENT
from lib.book.report.results import load_results

from ..book.report.made_up import write_results


@pytest.fixture
def study(tmp_path):
    study = load_results(write_results(tmp_path / "results", runs=[(0, 0), (1, 0), (2, 0)]))
    rows = [
        {
            "experiment": "vgg_svhn",
            "train_seed": train_seed,
            "prune_seed": 0,
            "iteration": 3,
            "other_seed": other_seed,
            "layer": layer,
            "kind": "out" if layer == "out" else "conv",
            "depth": depth,
            "metric": "cka",
            "reshape": "flat",
            "value": 0.9 if other_seed == train_seed else 0.5 + 0.1 * other_seed + 0.01 * depth,
        }
        for train_seed in range(3)
        for other_seed in range(3)
        for depth, layer in enumerate(["conv2", "conv1", "out"])
    ]
    return study.having(DESCENT, pd.DataFrame(rows))


def test_each_network_is_compared_with_the_mean_of_the_strangers(study):
    nearer = nearer_to_own(study, "vgg_svhn", "cka", 3)
    assert list(nearer.columns) == ["conv2", "conv1"]
    assert nearer.conv2.tolist() == pytest.approx([0.25, 0.30, 0.35])
    assert nearer.conv1.tolist() == pytest.approx([0.24, 0.29, 0.34])


def test_nothing_measured_gives_no_rows(study):
    assert nearer_to_own(study, "vgg_svhn", "cka", 4).empty
