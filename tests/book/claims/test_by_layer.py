"""Differences by layer, and how many go each way."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.book.claims import by_layer
from lib.book.claims.equal import CLOSER, FURTHER
from lib.book.report import values
from lib.book.report.results import load_results

from ..report.made_up import write_results

NETWORK = "vgg_svhn"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = write_results(
        tmp_path_factory.mktemp("layers") / "results",
        runs=[(0, 0), (1, 0), (2, 0)],
        controls=["independent"],
    )
    study = load_results(folder)
    experiments = study.provenance["experiments"]
    pairs = {"vgg_svhn_independent": experiments[NETWORK] | {"against": "complete"}}
    return replace(study, provenance={**study.provenance, "experiments": {**experiments, **pairs}})


def test_a_layer_that_is_nearer_in_every_network_counts_as_nearer(study):
    layers = values.hidden(study, NETWORK)
    nearer, further = layers[0], layers[-1]
    table = study.similarity
    moved = table.value + 0.2 * (table.layer == nearer) - 0.2 * (table.layer == further)
    pruned = table.experiment == NETWORK
    flat = (0.5 + moved - table.value).where(pruned, 0.5)
    noisy = flat + 0.001 * table.train_seed * pruned
    changed = replace(study, similarity=table.assign(value=noisy))
    judged = by_layer.judged(by_layer.beside(changed, NETWORK, "cka", 5, "independent"))
    assert judged.verdict[nearer] == CLOSER
    assert judged.verdict[further] == FURTHER
    assert by_layer.count_layers(judged).tolist() == [1, 1, len(layers) - 2]


def test_differences_are_within_complete_networks(study):
    own = by_layer.per_network(study, NETWORK, "cka", 2)
    rows = study.of(NETWORK, "similarity").query("metric == 'cka' and iteration == 2")
    expected = rows[rows.kind != "out"].groupby(["train_seed", "layer"]).value.mean().unstack()
    pd.testing.assert_frame_equal(own, expected[own.columns], check_names=False)


def test_a_control_that_was_not_measured_gives_no_rows(study):
    assert by_layer.beside(study, NETWORK, "cka", 5, "random_masks").empty
