"""Kernels with and without gradients of kept networks, and the claims on them."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.gradients.job import kernels
from lib.analyses.gradients.tables import GRADIENTS, PLAIN, UNIT, WITH_GRADIENTS
from lib.analyses.network_analysis import MEASURED
from lib.book.report.results import load_results
from lib.catalogue import load_profile
from lib.metrics import cka, with_gradients
from lib.models import record_with_gradients
from lib.study.setting import Setting

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve
from ...book.report.made_up import write_results
from ...pages import definitions, run_page

PAGE = definitions("gradients")
CLAIMS, told_apart = (PAGE[name] for name in ("CLAIMS", "told_apart"))
beyond_independent, in_layers = (PAGE[name] for name in ("beyond_independent", "in_layers"))


def of_layer(network, images, labels):
    return record_with_gradients(network, images, labels, ["conv2_1"])["conv2_1"]


def test_each_kernel_is_of_the_same_layer():
    setting = Setting.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    both = [of_layer(setting.new_network(seed), images, labels) for seed in (0, 1)]
    found = [kernels(*one) for one in both]
    wanted = {
        PLAIN: cka(*(x for x, _ in both)),
        WITH_GRADIENTS: cka(*(with_gradients(*one) for one in both)),
        UNIT: cka(*(with_gradients(*one, unit=True) for one in both)),
    }
    for kernel, value in wanted.items():
        assert cka(*(one[kernel].reshaped("flat") for one in found)) == pytest.approx(value)


def test_of_a_layer_that_is_gone_the_representation_alone_is_there():
    setting = Setting.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    network = setting.new_network(0)
    network.conv2_1.bn.weight.data.zero_()
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    assert list(kernels(*of_layer(network, images, labels))) == [PLAIN]


def world(pruned):
    """Independent networks at 0.8; pruned ones, kernel by kernel, at these values in half of the
    layers and at 0.5 in the others, but at 0.99 where they are no longer as accurate."""
    names = [name + end for name in MEASURED for end in ("", "_independent")]
    gains = {name: (lambda left: 0.0 if left > 0.05 else -5.0) for name in names}
    results = World({(name, "cka", ""): curve(out=0.5) for name in names}, gains).results()
    rows = []
    for name in names:
        independent = name.endswith("_independent")
        seeds = [(0, 1), (0, 2), (1, 2)] if independent else [(seed, 0) for seed in range(3)]
        for (train, prune), iteration in [(s, i) for s in seeds for i in (10, 20)]:
            head = {"experiment": name, "train_seed": train, "prune_seed": prune}
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


TELLING = {PLAIN: 0.7, WITH_GRADIENTS: 0.9, UNIT: 0.9}
MISLEADING = {PLAIN: 0.9, WITH_GRADIENTS: 0.7, UNIT: 0.7}


test_gradients_tell_more_or_less = verdicts_of(
    CLAIMS,
    lambda _: world(TELLING),
    lambda _: world(MISLEADING),
    lambda _: world(TELLING).having(GRADIENTS, GRADIENTS.tidy()),
)


def test_the_share_is_of_hidden_layers_at_equal_accuracy():
    found = told_apart(world(TELLING), "vgg_svhn", "cka", UNIT)
    assert found.tolist() == [0.5] * 3


def test_runs_are_of_their_network_and_a_layer_that_is_gone_leaves_none():
    results = world(TELLING)
    rows = results.table(GRADIENTS)
    second = (rows.experiment == "vgg_svhn") & (rows.train_seed == 0)
    again = rows[second].assign(prune_seed=1, value=0.9)
    gone = rows[(rows.experiment != "vgg_svhn") | (rows.train_seed != 2) | (rows.layer != "a")]
    results = results.having(GRADIENTS, pd.concat([gone, again]))
    found = told_apart(results, "vgg_svhn", "cka", UNIT)
    assert found.to_dict() == pytest.approx({0: 0.75, 1: 0.5, 2: math.nan}, nan_ok=True)
    assert in_layers(results, "vgg_svhn", "cka", UNIT) == "3, 2, - of 4"
    others = (rows.experiment == "vgg_svhn_independent") & (rows.layer == "a")
    results = results.having(GRADIENTS, rows[~others])  # or a layer of the independent ones
    assert told_apart(results, "vgg_svhn", "cka", UNIT).isna().all()


def test_the_table_counts_layers_and_says_how_far_from_independent_networks():
    results = world(TELLING)
    assert in_layers(results, "vgg_svhn", "nbs", UNIT) == "2, 2, 2 of 4"
    assert in_layers(results, "vgg_svhn", "nbs", UNIT, "_trained_on") == "-"
    beyond = beyond_independent(results, "vgg_svhn", UNIT)
    assert beyond.tolist() == pytest.approx([(0.9 + 0.5) / 2 - 0.8] * 3)


def test_the_page_says_how_weak_its_rule_is(tmp_path):
    study = load_results(
        write_results(tmp_path / "results", controls=("independent", "trained_on"))
    )
    results = world(MISLEADING)
    rows = results.table(GRADIENTS)
    study = replace(study, performance=results.performance)
    study = study.having(GRADIENTS, rows[rows.experiment.str.startswith("vgg_svhn")])
    page = run_page("gradients", study)
    chance, room = page["weakness"]("vgg_svhn")
    assert "3 pairs of independent networks" in chance
    assert "about 25 % of the layers by chance" in chance
    assert "50 % of the layers for CKA" in room
    by_cka, by_nbs, below = page["findings"]("vgg_svhn")
    assert "it does so in 0\u00a0% with gradients (fewer)" in by_cka
    assert by_nbs.startswith("Without gradients, NBS")
    everywhere = "Without gradients, with gradients and with gradients of unit length"
    assert below.startswith(f"{everywhere}, pruned networks")
