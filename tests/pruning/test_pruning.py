"""Pruning: which settings it takes, and that one step does just what these ask for."""

import copy
import math
from functools import partial

import pytest
import torch
from torch import nn

from lib.models import build_model
from lib.pruning import (
    SCORES,
    Evidence,
    FineTune,
    LearningRateRewind,
    Mask,
    Pruning,
    Reinitialise,
    WeightRewind,
    magnitude,
    prunable_weights,
    prune,
    prune_to_densities,
    rescale_,
)

from ..made_up import nested


def network(seed=0):
    draws = torch.Generator().manual_seed(seed)
    return build_model("vgg_svhn", num_classes=4, width=0.1, generator=draws)


def evidence(seed=0):
    draws = torch.Generator().manual_seed(seed)
    return Evidence(torch.rand(4, 3, 16, 16, generator=draws), torch.arange(4), draws)


AMOUNTS = {
    "fraction": {"fraction": 0.3},
    "levels": {"levels": (0.6, 0.25)},
    "rounds": {"levels": (0.6, 0.25), "rounds": 3},
}


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("amount", AMOUNTS.values(), ids=AMOUNTS)
def test_a_step_zeroes_as_many_weights_as_asked_and_changes_nothing_else(score, amount):
    pruning = Pruning(score=score, **amount)
    model, seen = network(), evidence()
    mask = Mask.complete(model)
    for iteration in (1, 2):
        before = copy.deepcopy(model.state_dict())
        pruned = prune(model, mask, pruning, iteration, seen)
        assert nested(pruned, mask)
        assert model.training
        assert all(parameter.grad is None for parameter in model.parameters())
        for name, value in model.state_dict().items():
            if name in pruned.kept:
                assert torch.equal(value, torch.where(pruned.kept[name], before[name], 0.0))
                assert not torch.signbit(value[~pruned.kept[name]]).any()
            else:
                assert torch.equal(value, before[name]), name
        asked = mask.survivors - round(0.3 * mask.survivors)
        if pruning.levels:
            asked = round(pruning.levels[iteration - 1] * mask.size)
        assert pruned.survivors == asked
        mask = pruned


def test_each_level_is_an_iteration_and_one_above_the_density_changes_nothing():
    assert Pruning(iterations=20, levels=(0.9, 0.5, 0.2)).iterations == 3
    model = network()
    mask = prune(model, Mask.complete(model), Pruning(levels=(0.3,)))
    assert prune(model, mask, Pruning(levels=(0.5,))).jaccard(mask) == 1
    filters = Pruning(granularity="filter_l1", levels=(0.2,))
    left = prune(model, Mask.complete(model), filters).kept.values()
    assert all(torch.equal(kept.flatten(1).any(1), kept.flatten(1).all(1)) for kept in left)


@pytest.mark.parametrize("scope", ["global", "local"])
def test_rounds_score_again_while_the_density_falls_geometrically(scope, monkeypatch):
    seen = []

    def spy(model, *_):
        seen.append(Mask.of_zeros(model))
        return magnitude(model)

    monkeypatch.setitem(SCORES, "magnitude", spy)
    model = network()
    mask = Mask.complete(model)
    for iteration in (1, 2):
        pruning = Pruning(levels=(0.5, 0.02), scope=scope, rounds=3)
        mask = prune(model, mask, pruning, iteration)
    expected = [0.5 ** (i / 3) for i in range(3)] + [0.5 * 0.04 ** (i / 3) for i in range(3)]
    for found, density in zip(seen, expected, strict=True):
        assert found.survivors == pytest.approx(density * found.size, abs=4)
        if scope == "local":
            sizes = [kept.numel() for kept in found.kept.values()]
            left = [of * size for of, size in zip(found.densities.values(), sizes, strict=True)]
            assert left == pytest.approx([density * size for size in sizes], abs=1.5)


@pytest.mark.parametrize("score", ["gradient_weight", "synflow"])
def test_removed_weights_do_not_affect_scores_even_if_still_in_the_network(score):
    pruning = Pruning(score=score, fraction=0.5)
    mask = prune(network(), Mask.complete(network()), pruning, evidence=evidence())
    whole, masked = network(), network()
    mask.apply_(masked)
    ours = prune(whole, mask, pruning, evidence=evidence())
    assert ours.jaccard(prune(masked, mask, pruning, evidence=evidence())) == 1


def test_a_random_mask_of_given_densities_differs_only_in_which_weights_survive():
    model = network()
    ours = prune(copy.deepcopy(model), Mask.complete(model), Pruning(fraction=0.6))
    mask = Mask.complete(model)
    for seed in (0, 1):
        scores = SCORES["random"](model, evidence(seed))
        densities = {name: (1 + d) / 2 if seed == 0 else d for name, d in ours.densities.items()}
        control = prune_to_densities(model, mask, scores, densities)
        assert nested(control, mask)
        mask = control
    assert {name: int(kept.sum()) for name, kept in mask.kept.items()} == {
        name: int(kept.sum()) for name, kept in ours.kept.items()
    }
    assert mask.jaccard(ours) < 0.6
    assert all((w != 0).equal(mask.kept[name]) for name, w in prunable_weights(model).items())


def test_densities_must_be_those_of_the_network_and_not_rise():
    model = network()
    mask = prune(model, Mask.complete(model), Pruning(fraction=0.5))
    densities = dict.fromkeys(mask.kept, 0.01)
    name = "conv3_1.conv.weight"
    for density in (1.0, -0.1):
        with pytest.raises(ValueError, match=f"{name} has .* survivors, and is to keep"):
            prune_to_densities(model, mask, magnitude(model), densities | {name: density})
    with pytest.raises(ValueError, match=r"another network; they differ at \['other'\]"):
        prune_to_densities(model, mask, magnitude(model), densities | {"other": 0.1})
    assert all((w != 0).equal(mask.kept[name]) for name, w in prunable_weights(model).items())


@pytest.mark.parametrize("density", [0.25, 0.04, 0.0])
def test_rescaling_restores_the_variance_of_units_that_lost_inputs_at_random(density):
    """Units of weights of variance 1 / inputs have the variance of their inputs, here 1."""
    draws = {"generator": torch.Generator().manual_seed(0), "dtype": torch.float64}
    model = nn.Sequential(nn.Linear(400, 500, bias=False), nn.Linear(500, 10)).double()
    weight, images = model[0].weight, torch.randn(200, 400, **draws)
    with torch.no_grad():
        weight.copy_(torch.randn(weight.shape, **draws) / 20)
    mask = Mask({"0.weight": torch.rand(weight.shape, **draws) < density})
    mask.apply_(model)
    assert model[0](images).var().item() == pytest.approx(density, rel=0.1)
    rescale_(model, mask)
    assert model[0](images).var().item() == pytest.approx(1 if density else 0, rel=0.1)
    assert not weight[~mask.kept["0.weight"]].any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (partial(FineTune, 0, 0.1), "epochs must be at least 1, got 0"),
        (partial(FineTune, 1, 0.0), "rate must be positive, got 0.0"),
        (partial(WeightRewind, -1), "epoch must be at least 0, got -1"),
        (partial(WeightRewind, 0, -1), "step must be at least 0, got -1"),
        (partial(Pruning, iterations=0), "iterations must be at least 1, got 0"),
        (partial(Pruning, fraction=1.0), "fraction must be between 0 and 1, got 1.0"),
        (partial(Pruning, fraction=math.nan), "fraction of Pruning must be finite, got nan"),
        (partial(Pruning, levels=(0.5, 0.0)), "levels must be above 0 .*, got .0.5, 0.0"),
        (partial(Pruning, levels=(0.5, 0.6)), "levels must not increase, got .0.5, 0.6"),
        (partial(Pruning, score="magnitud"), "unknown score .* Did you mean 'magnitude'?"),
        (partial(Pruning, scope="layer"), "unknown scope 'layer'"),
        (partial(Pruning, granularity="filter"), "unknown granularity 'filter'. Did you mean"),
        (partial(Pruning, rounds=2), "rounds must be 1, or more together with levels, got 2"),
        (partial(Pruning, start="random"), "unknown start 'random'"),
        (partial(Pruning, short=0), "short must be at least 1, got 0"),
    ],
)
def test_invalid_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_short_retrainings_need_a_whole_schedule_to_compress():
    for whole in (LearningRateRewind(), Reinitialise(rescaled=True)):
        assert Pruning(retraining=whole, short=3).short == 3
    for part in (FineTune(3, 0.01), WeightRewind(1, 2)):
        with pytest.raises(ValueError, match=f"compress a whole schedule, but {part} has none"):
            Pruning(retraining=part, short=3)


def test_reinitialised_networks_go_on_as_asked():
    anew, then = Reinitialise(), LearningRateRewind()
    assert [Pruning(retraining=anew).retraining_of(i) for i in (1, 2)] == [anew, anew]
    anew = Reinitialise(then=then)
    assert [Pruning(retraining=anew).retraining_of(i) for i in (1, 2)] == [anew, then]


def test_a_step_refuses_unknown_iterations_missing_evidence_and_diverged_weights():
    model = network()
    mask = Mask.complete(model)
    for iteration in (1.5, True, 0, 21, "1"):
        with pytest.raises(ValueError, match="^iteration: got"):
            prune(model, mask, Pruning(), iteration)
    for score in SCORES.keys() - {"magnitude"}:
        with pytest.raises(ValueError, match=f"the score {score} needs evidence"):
            prune(model, mask, Pruning(score=score))
    name, weight = next(iter(model.named_parameters()))
    for value in (math.inf, math.nan):
        with torch.no_grad():
            weight.view(-1)[0] = value
        with pytest.raises(ValueError, match=f"{name} has weights that are no numbers"):
            prune(model, mask, Pruning())
