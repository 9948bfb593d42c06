"""Kernels with and without gradients of kept networks, and the claims on them."""

import math

import pandas as pd
import pytest

from lib.analyses.gradients.analysis import (
    beside_independent,
    beyond_independent,
    cka_by_layer,
    kernel_table,
    layers_told_apart,
    representation_alone,
    strictness,
    told_apart,
    told_apart_over_time,
)
from lib.analyses.gradients.claims import CLAIMS
from lib.analyses.gradients.gradient_rows import kernels
from lib.analyses.gradients.tables import GRADIENTS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS
from lib.book.report.names import PAPER_NETWORKS
from lib.catalogue import load_profile
from lib.metrics import cka, with_gradients
from lib.models import record_with_gradients
from lib.study.prepared_experiment import PreparedExperiment

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve


def of_layer(network, images, labels):
    return record_with_gradients(network, images, labels, ["conv2_1"])["conv2_1"]


def test_each_kernel_is_of_the_same_layer():
    setting = PreparedExperiment.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    both = [of_layer(setting.new_network(seed), images, labels) for seed in (0, 1)]
    found = [kernels(*one) for one in both]
    wanted = {
        NO_GRADIENTS: cka(*(x for x, _ in both)),
        WITH_GRADIENTS: cka(*(with_gradients(*one) for one in both)),
        UNIT_GRADIENTS: cka(*(with_gradients(*one, unit=True) for one in both)),
    }
    for kernel, value in wanted.items():
        assert cka(*(one[kernel].reshaped("flat") for one in found)) == pytest.approx(value)


def test_of_a_layer_that_is_gone_the_representation_alone_is_there():
    setting = PreparedExperiment.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    network = setting.new_network(0)
    network.conv2_1.bn.weight.data.zero_()
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    assert list(kernels(*of_layer(network, images, labels))) == [NO_GRADIENTS]


def world(pruned):
    """Independent networks at 0.8; pruned ones, kernel by kernel, at these values in half of the
    layers and at 0.5 in the others, but at 0.99 where they are no longer as accurate."""
    names = [name + end for name in PAPER_NETWORKS for end in ("", "_independent")]
    gains = {name: (lambda left: 0.0 if left > 0.05 else -5.0) for name in names}
    results = World({(name, "cka", ""): curve(out=0.5) for name in names}, gains).results()
    rows = []
    for name in names:
        independent = name.endswith("_independent")
        seeds = [(0, 1), (0, 2), (1, 2)] if independent else [(seed, 0) for seed in range(3)]
        for (train, run_seed), iteration in [(s, i) for s in seeds for i in (10, 20)]:
            head = {"experiment": name, "train_seed": train}
            head |= {"prune_seed": None if independent else run_seed}
            head |= {"other_seed": run_seed if independent else None}
            for kernel, value in pruned.items():
                for depth, layer in enumerate("abcd"):
                    mine = value if depth < 2 else 0.5
                    found = 0.8 if independent else 0.99 if iteration == 20 else mine
                    at = {"iteration": 0 if independent else iteration, "layer": layer}
                    at |= {"kind": "conv", "depth": depth, "kernel": kernel, "value": found}
                    for metric in ("cka", "nbs"):
                        more = {"metric": metric, "reshape": "flat", "null_mean": 0, "pr_x": 9}
                        rows.append(head | at | more)
            if independent:
                rows = rows[: -8 * len(pruned)] if iteration == 20 else rows
    return results.having(GRADIENTS, GRADIENTS.tidy(rows))


TELLING = {NO_GRADIENTS: 0.7, WITH_GRADIENTS: 0.9, UNIT_GRADIENTS: 0.9}
MISLEADING = {NO_GRADIENTS: 0.9, WITH_GRADIENTS: 0.7, UNIT_GRADIENTS: 0.7}


test_gradients_tell_more_or_less = verdicts_of(
    CLAIMS,
    lambda _: world(TELLING),
    lambda _: world(MISLEADING),
    lambda _: world(TELLING).having(GRADIENTS, GRADIENTS.tidy()),
)


def test_the_share_is_of_hidden_layers_at_equal_accuracy():
    found = told_apart(world(TELLING), "vgg_svhn", "cka", UNIT_GRADIENTS)
    assert found.tolist() == [0.5] * 3


def test_runs_are_of_their_network_and_a_layer_that_is_gone_leaves_none():
    results = world(TELLING)
    rows = results.table(GRADIENTS)
    second = (rows.experiment == "vgg_svhn") & (rows.train_seed == 0)
    again = rows[second].assign(run_seed=1, value=0.9)
    gone = rows[(rows.experiment != "vgg_svhn") | (rows.train_seed != 2) | (rows.layer != "a")]
    results = results.having(GRADIENTS, pd.concat([gone, again]))
    found = told_apart(results, "vgg_svhn", "cka", UNIT_GRADIENTS)
    assert found.to_dict() == pytest.approx({0: 0.75, 1: 0.5, 2: math.nan}, nan_ok=True)
    assert layers_told_apart(results, "vgg_svhn", "cka", UNIT_GRADIENTS) == "3, 2, - of 4"
    others = (rows.experiment == "vgg_svhn_independent") & (rows.layer == "a")
    results = results.having(GRADIENTS, rows[~others])  # or a layer of the independent ones
    assert told_apart(results, "vgg_svhn", "cka", UNIT_GRADIENTS).isna().all()


def test_the_table_counts_layers_and_says_how_far_from_independent_networks():
    results = world(TELLING)
    assert layers_told_apart(results, "vgg_svhn", "nbs", UNIT_GRADIENTS) == "2, 2, 2 of 4"
    assert layers_told_apart(results, "vgg_svhn", "nbs", UNIT_GRADIENTS, "_trained_as_long") == "-"
    beyond = beyond_independent(results, "vgg_svhn", UNIT_GRADIENTS)
    assert beyond.tolist() == pytest.approx([(0.9 + 0.5) / 2 - 0.8] * 3)


def test_layers_told_apart_are_counted_at_every_iteration_too():
    table = told_apart_over_time(world(TELLING), ["vgg_svhn"])
    assert len(table) == 20
    assert table.iloc[9].tolist() == ["0, 0, 0 of 4", "2, 2, 2 of 4", "2, 2, 2 of 4"]
    assert table.iloc[19].tolist() == ["4, 4, 4 of 4"] * 3
    assert table.iloc[0].tolist() == ["-"] * 3


def test_nothing_is_left_to_gain_where_the_representation_tells_every_layer_apart():
    results = world(TELLING)
    assert representation_alone(results, ["vgg_svhn"]).verdict == "does not hold"
    rows = results.table(GRADIENTS)
    pruned = ~rows.experiment.str.endswith("_independent")
    apart = results.having(GRADIENTS, rows.assign(value=rows.value.mask(pruned, 0.99)))
    assert representation_alone(apart, ["vgg_svhn"]).verdict == "holds"
    assert representation_alone(apart, []).verdict == "not measured"


def test_networks_are_closer_or_further_than_independent_ones():
    near, far = world(TELLING | {WITH_GRADIENTS: 1.4}), world(MISLEADING)
    assert beside_independent(near, "vgg_svhn", "VGG_SVHN", "").verdict == "closer"
    further = beside_independent(far, "vgg_svhn", "VGG_SVHN", "")
    assert further.key == "gradients-pruned-vgg-svhn"
    assert further.verdict == "further"
    assert further.measured.startswith("\u22120.200")
    alone = beside_independent(far, "vgg_svhn", "VGG_SVHN", "_trained_as_long")
    assert alone.verdict == "not measured"


def test_the_rule_lets_some_through_by_chance_and_leaves_some_to_gain():
    row = strictness(world(MISLEADING), ["vgg_svhn"]).loc["VGG_SVHN"]
    assert row["Pairs"] == "3"
    assert row["Exceeded by chance"] == "25 %"
    assert row["Left to gain, CKA"] == "50 %"


def test_the_tables_have_what_was_measured_and_dashes_elsewhere():
    table = kernel_table(world(TELLING), ["vgg_svhn"])
    pruned = table.loc["VGG_SVHN", "with gradients", "pruned"]
    assert pruned["Told apart, CKA"] == "2, 2, 2 of 4"
    assert pruned["CKA minus independent"] == "\u22120.100"
    alone = table.loc["VGG_SVHN", "with gradients", "trained as long"]
    assert set(alone) == {"-"}
    assert kernel_table(world(TELLING), []).empty


def test_lines_are_of_the_iteration_at_which_networks_are_as_accurate():
    curves = cka_by_layer(world(TELLING), "vgg_svhn", WITH_GRADIENTS)
    assert curves["pruned"].dropna().tolist() == [0.9, 0.9, 0.5, 0.5]
    alone = cka_by_layer(world(TELLING), "vgg_svhn", NO_GRADIENTS)
    assert alone["independent"].dropna().tolist() == pytest.approx([0.8] * 4)
    assert alone["trained as long"].isna().all()
    unmeasured = world(TELLING).having(GRADIENTS, GRADIENTS.tidy())
    assert cka_by_layer(unmeasured, "vgg_svhn", NO_GRADIENTS) == {}
