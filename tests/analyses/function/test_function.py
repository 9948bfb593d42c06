"""Flipped images and single pruned layers: what is measured, and the claims on it."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from lib.analyses.equal_accuracy import iteration_compared, iterations_compared, measured_networks
from lib.analyses.function.analysis import (
    SHOWN_CONDITIONS,
    aucs,
    flip_statistic,
    layer_ranking,
    means_by_share,
    rankings,
    sign_by_share,
    table_by_class,
    table_by_share,
    table_of_flips,
)
from lib.analyses.function.claims import CLAIMS, joint_verdicts
from lib.analyses.function.flips_rows import CONDITIONS, auc, drift, flips
from lib.analyses.function.one_layer_job import OneLayer
from lib.analyses.function.one_layer_rows import mean_curvature, one_layer_rows
from lib.analyses.function.tables import FLIPS, LAST_DRIFT, MARGIN, ONE_LAYER
from lib.analyses.loss import Loss
from lib.book.claims.engine import FAILS, HOLDS, evaluate
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.results import load_results
from lib.catalogue import load_profile
from lib.metrics import cka
from lib.pruning import Mask, prunable_weights
from lib.study.prepared_experiment import PreparedExperiment

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve
from ...book.report.made_up import write_results
from ...pages import run_page


@pytest.fixture(scope="module")
def setting():
    return PreparedExperiment.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")


@pytest.fixture(scope="module")
def network(setting):
    return setting.new_network(0)


def test_auc_is_the_area_under_the_curve():
    signal, positive = torch.tensor([1.0, 2, 2, 3, 0]), torch.tensor([0, 1, 0, 1, 0]).bool()
    wins_of_two, wins_of_three = 1 + 0.5 + 1, 3  # against 1, 2 and 0
    assert auc(signal, positive) == pytest.approx((wins_of_two + wins_of_three) / 6)
    assert np.isnan(auc(signal, torch.zeros(5).bool()))


def test_an_image_drifts_as_far_as_it_has_other_neighbours():
    x = torch.randn(40, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    turn = torch.linalg.qr(torch.arange(36.0).view(6, 6).double().cos()).Q
    assert drift(x, 2 * x @ turn).abs().max() < 1e-12
    moved = x.clone()
    moved[7] = -3 * moved[7]
    assert drift(x, moved).argmax() == 7
    assert 0 < 1 - cka(x, moved) < drift(x, moved)[7]
    gone = drift(x, torch.zeros_like(x))
    assert gone.isnan().all()
    assert np.isnan(auc(gone, torch.arange(40) < 9))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_change_what_they_say(condition):
    pixels = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 255
    changed = CONDITIONS[condition](pixels)
    assert changed.shape == pixels.shape
    assert (changed - pixels).mean().abs() < 2
    more = {"clean": 1.0, "noise": 1.05, "blur": 0.5, "contrast": 0.5}[condition]
    ratio = float(changed.std((1, 2, 3)).mean() / pixels.std((1, 2, 3)).mean())
    assert ratio == pytest.approx(more, abs=0.2)


def test_flips_of_two_networks(setting, network):
    images, labels = setting.inputs(setting.dataset.test, slice(60))
    other = setting.new_network(1)
    found = {(q, of): v for q, of, v in flips(network, other, images, labels, ("a",) * 10)}
    answers = [one.eval()(images).argmax(1) for one in (network, other)]
    assert found["flipped", "all"] == pytest.approx((answers[0] != answers[1]).double().mean())
    assert found["accuracy", "pruned"] == pytest.approx((answers[1] == labels).double().mean())
    same = {(q, of): v for q, of, v in flips(network, network, images, labels, ("a",) * 10)}
    assert same["flipped", "all"] == 0
    assert np.isnan(same["auc", "margin"])


def test_curvature_of_a_block_is_the_mean_of_its_diagonal():
    torch.manual_seed(0)
    toy = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    loss = Loss(toy, torch.randn(9, 3), torch.arange(9) % 2)
    wanted = []
    for index in range(12):
        unit = torch.zeros(12, dtype=torch.float64)
        unit[index] = 1
        product = loss.hessian_product({"0.weight": unit.view(4, 3)})["0.weight"]
        wanted.append(product.flatten()[index].item())
    found = mean_curvature(loss, ["0.weight", "2.weight"], 400)
    assert found["0.weight"] == pytest.approx(np.mean(wanted), rel=0.2)


def test_layers_are_pruned_alone_and_given_back(setting, network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    analysis = OneLayer((), (0.0, 0.9), 30, 40, 8, 2)
    rows = pd.DataFrame(one_layer_rows(analysis, setting, network, Mask.complete(network)))
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    rows = rows.set_index(["parameter", "share", "place", "metric"]).value
    for parameter, weight in prunable_weights(network).items():
        assert rows[parameter, 0.0, "own", "cka"] == pytest.approx(1)
        assert rows[parameter, 0.0, "", "accuracy"] == rows["", 0.0, "", "accuracy"]
        smallest = weight.detach().abs().flatten().sort().values[: round(0.9 * weight.numel())]
        assert rows[parameter, 0.9, "", "length"] == pytest.approx(smallest.norm().item())
        assert rows[parameter, 0.9, "own", "cka"] < 1


def world(better=True):
    """Three networks whose layers cost as much as similarity says, and whose flips drift."""
    names = [name + end for name in PAPER_NETWORKS for end in ENDS]
    gains = dict.fromkeys(names, lambda left: 0.0 if left > 0.05 else -5.0)
    results = World({(name, "svcca", ""): curve(out=0.5) for name in names}, gains).results()
    key = [
        {"experiment": name, "train_seed": seed, "prune_seed": 0, "iteration": 0}
        | {"other_seed": None}
        for name in PAPER_NETWORKS
        for seed in range(3)
    ]
    order = np.arange(6) if better else np.arange(6)[::-1]
    layers = []
    for head, number in product(key, range(6)):
        at = head | {"parameter": f"{number}", "share": 0.9}
        values = {
            ("", "accuracy"): 0.9 - 0.1 * number,
            ("", "norm"): [0.5, 0.1, 0.6, 0.2, 0.3, 0.4][number],
            ("", "curvature"): [0.5, 0.1, 0.6, 0.2, 0.3, 0.4][number],
            ("", "length"): -number + 0.1 * head["train_seed"],
        }
        values |= dict.fromkeys(
            product(("own", "last"), ("svcca", "cka", "nbs")), 0.9 - 0.1 * order[number]
        )
        layers += [
            at | {"place": place, "metric": metric, "reshape": "", "value": value}
            for (place, metric), value in values.items()
        ]
    images = []
    ends = dict(zip(ENDS, (0.1, 0.05 if better else 0.15), strict=True))
    for head, (end, flipped), iteration in product(key, ends.items(), (10, 13, 20)):
        at = head | {"experiment": head["experiment"] + end, "iteration": iteration}
        noise = 0.001 * head["train_seed"]
        found = {
            ("auc", "margin"): 0.8,
            ("auc", "drift, last layer"): (0.9 if better else 0.6) + noise,
            ("accuracy", "complete"): 0.9,
            ("accuracy", "pruned"): 0.93 if end else 0.9,
            ("flipped", "all"): flipped + noise + (0.5 if iteration == 20 else 0),
        }
        images += [
            at | {"condition": condition, "quantity": quantity, "of": of, "value": value}
            for condition, ((quantity, of), value) in product(CONDITIONS, found.items())
        ]
    results = results.having(ONE_LAYER, ONE_LAYER.tidy(layers))
    return results.having(FLIPS, FLIPS.tidy(images))


ENDS = ("", "_trained_as_long")


test_similarity_tells_or_misleads = verdicts_of(
    CLAIMS,
    lambda _: world(),
    lambda _: world(better=False),
    lambda _: world().having(ONE_LAYER, ONE_LAYER.tidy()).having(FLIPS, FLIPS.tidy()),
)


def test_layers_are_ordered_within_a_share_and_flips_taken_at_equal_accuracy():
    results = world()
    assert layer_ranking(results, "vgg_svhn", "cka", "own").tolist() == pytest.approx([1] * 3)
    assert flip_statistic(results, "vgg_svhn", "flipped", "all").max() < 0.2


def test_predictors_without_representations_stand_beside_similarity():
    found = rankings(world(), "vgg_svhn")
    assert found["own"]["mean"].dropna().to_dict() == pytest.approx(
        {"svcca": 1, "cka": 1, "nbs": 1}
    )
    simple = found[""].dropna()
    assert list(simple.index) == ["norm", "length", "curvature"]
    assert simple["mean"]["length"] == pytest.approx(-1)
    assert (simple.low <= simple["mean"]).all()


def test_the_share_removed_may_decide_the_sign():
    results = world()
    rows = results.table(ONE_LAYER)
    low = rows.assign(share=0.5, value=rows.value.where(rows.metric == "accuracy", -rows.value))
    both = results.having(ONE_LAYER, pd.concat([rows, low]))
    means = means_by_share(both, "vgg_svhn")
    assert means["Norm removed"].to_dict() == pytest.approx({0.5: 1, 0.9: -1})
    table = table_by_share(both, ["vgg_svhn"])
    assert list(table.index) == [("VGG_SVHN", "50 %"), ("VGG_SVHN", "90 %")]
    decided = sign_by_share(both, "vgg_svhn", "VGG_SVHN")
    assert decided.verdict == "changes"
    assert "Norm removed" in decided.measured
    assert sign_by_share(results, "vgg_svhn", "VGG_SVHN").verdict == "keeps"
    nothing = results.having(ONE_LAYER, ONE_LAYER.tidy())
    assert sign_by_share(nothing, "vgg_svhn", "VGG_SVHN").verdict == "not measured"


def test_a_page_says_when_networks_are_compared():
    results = world()
    assert measured_networks(results, FLIPS, ONE_LAYER, control="") == list(PAPER_NETWORKS)
    assert measured_networks(results, FLIPS, control="_independent") == []
    iteration = iteration_compared(results, "vgg_svhn", FLIPS)
    assert iteration == iteration_compared(results, "vgg_svhn_trained_as_long", FLIPS) == 13
    table = iterations_compared(results, ["vgg_svhn"], FLIPS)
    assert table.loc["VGG_SVHN"].tolist() == ["13", "5.5 %", "0.0"]
    rows = results.table(FLIPS)
    late = results.having(FLIPS, rows[rows.iteration == 20])
    assert iteration_compared(late, "vgg_svhn", FLIPS) == 20
    assert (
        iterations_compared(late, ["vgg_svhn"], FLIPS).loc["VGG_SVHN", "Accuracy lost, points"]
        == "5.0"
    )
    never = results.having(FLIPS, FLIPS.tidy())
    assert iterations_compared(never, ["vgg_svhn"], FLIPS).loc["VGG_SVHN"].tolist() == ["-"] * 3


def test_flips_and_accuracies_are_those_of_pruned_networks_and_of_the_control():
    row = table_of_flips(world(), ["vgg_svhn"]).loc["VGG_SVHN", "clean"]
    assert row[["Complete", "Pruned", "Trained as long"]].tolist() == ["90.0", "90.0", "93.0"]
    assert row["Flipped, pruned"].startswith("10.1 (")
    assert row["Flipped, trained as long"].startswith("5.1 (")


def test_signals_are_compared_on_every_condition():
    assert tuple(CONDITIONS) == SHOWN_CONDITIONS
    found = aucs(world(), "vgg_svhn")
    assert found[MARGIN]["mean"].tolist() == pytest.approx([0.8] * 4)
    assert found[LAST_DRIFT]["mean"].tolist() == pytest.approx([0.901] * 4)


def test_flips_are_counted_for_each_class():
    results = world()
    rows = results.table(FLIPS)
    of_class = rows[rows.quantity == "flipped"].assign(of="cat", value=0.25)
    results = results.having(FLIPS, pd.concat([rows, of_class]))
    table = table_by_class(results, ["vgg_svhn"])
    assert table.Flipped.to_dict() == pytest.approx({("VGG_SVHN", "cat"): 25})


def test_claims_of_one_kind_have_one_verdict():
    joint = {
        better: {d.key: d.verdict for d in joint_verdicts(evaluate(world(better), CLAIMS))}
        for better in (True, False)
    }
    assert set(joint[True].values()) == {HOLDS}
    assert set(joint[False].values()) == {FAILS}
    assert "function-last-norm-vgg-svhn" in joint[True]


def test_where_no_network_is_as_accurate_the_page_has_the_least_pruned_one(tmp_path):
    study = load_results(write_results(tmp_path / "results"))
    head = {"experiment": "vgg_svhn", "train_seed": 0, "prune_seed": 0, "iteration": 5}
    head["other_seed"] = None
    flipped = {"condition": "clean", "quantity": "flipped", "of": "all", "value": 0.1}
    layer = {"parameter": "a", "share": 0.9, "place": "", "metric": "accuracy", "reshape": ""}
    study = study.having(FLIPS, FLIPS.tidy([head | flipped]))
    page = run_page(
        "function", study.having(ONE_LAYER, ONE_LAYER.tidy([head | layer | {"value": 0.9}]))
    )
    assert page["networks"] == ["vgg_svhn"]
    assert page["flips"].iloc[0]["Flipped, pruned"] == "10.0"
