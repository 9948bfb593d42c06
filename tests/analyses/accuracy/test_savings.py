"""What zeros save, in a made-up study whose surviving weights are known."""

import pandas as pd
import pytest
from torch import nn

from lib.analyses.accuracy import savings
from lib.analyses.beside_papers_recipe import networks_beside
from lib.book.report.results import load_results, results_if_any
from lib.table_schemas import DENSITY

from ...book.report.made_up import write_results

SVHN = "vgg_svhn"
FIRST = "conv1_1.conv.weight"
NOTHING = results_if_any("no such folder")


def counted(study):
    """The networks of a study alone whose layers were counted."""
    return [n for n in networks_beside(study, NOTHING) if savings.were_counted(n)]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """In VGG_SVHN all weights of the first layer are left, and an eighth of all others."""
    folder = tmp_path_factory.mktemp("zeros") / "results"
    results = load_results(write_results(folder, runs=[(0, 0), (1, 0), (2, 0)]))
    rows = []
    for name, weight in savings.prunable_weights(savings.dense_network(results, SVHN)).items():
        size = weight.numel()
        left = size if name == FIRST else size // 8
        key = {"experiment": SVHN, "prune_seed": 0, "other_seed": None}
        key |= {"parameter": name, "weights": size}
        rows += [
            key | {"train_seed": seed, "iteration": iteration, "survivors": left}
            for seed in range(3)
            for iteration in range(1, 6)
        ]
    return results.having(DENSITY, DENSITY.tidy(rows))


def test_multiply_adds_are_those_of_each_module():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    )
    # 4 filters of 27 weights at 32x32 positions, and 2 of 4
    assert savings.multiply_adds(network) == {"": 4 * 27 * 1024 + 8, "0": 4 * 27 * 1024, "3": 8}


def test_operations_count_each_layer_as_often_as_it_is_used(study):
    dense = savings.multiply_adds(savings.dense_network(study, SVHN))
    rows = savings.layers_left(study, SVHN).query("iteration == 1 and train_seed == 0")
    lost = sum(
        (1 - r.survivors / r.weights) * dense[r.parameter.removesuffix(".weight")]
        for r in rows.itertuples()
    )
    left = savings.shares_left(study, SVHN)
    assert left.operations.nunique() == 1
    assert left.operations.iloc[0] == pytest.approx(1 - lost / dense[""])
    assert left.weights.iloc[0] == pytest.approx(rows.survivors.sum() / rows.weights.sum())
    # the first layer, whose maps are large, keeps its weights
    [network] = counted(study)
    decided = savings.decided_operations(network)
    assert (decided.key, decided.verdict) == ("zeros-operations-vgg-svhn", "above 0")


def test_bytes_are_those_of_values_and_of_a_bit_for_each_weight(study):
    dense, stored = savings.bytes_left(study, SVHN)
    network = savings.dense_network(study, SVHN)
    prunable = sum(w.numel() for w in savings.prunable_weights(network).values())
    rows = savings.layers_left(study, SVHN).query("iteration == 5 and train_seed == 0")
    assert stored == pytest.approx(dense - 4 * (prunable - rows.survivors.sum()) + prunable / 8)


def test_the_table_has_times_where_the_network_was_timed(study):
    networks = counted(study)
    assert [network.experiment for network in networks] == [SVHN]
    [row] = savings.savings_table(networks).to_dict("records")
    assert row["Fewer multiply-adds"].endswith("\u00d7")
    assert [row[column] for column in savings._TIMES] == ["-"] * 3
    times = pd.read_csv(savings._TIMED)
    assert set(savings._TIMED_AS.values()) == set(times.network[times.width == 1])
