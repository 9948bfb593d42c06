"""The claims on other ways to prune, in worlds that satisfy and violate each."""

import numpy as np
import pytest
import torch

from lib.analyses.prunings.analysis import (
    error_and_similarity,
    spans,
    svcca_midway,
    table_beside_rewinding,
    table_beyond_training,
    table_of_levels,
    table_of_masks,
    table_of_orders,
)
from lib.analyses.prunings.claims import CHECKS, CLAIMS, FURTHER_WAYS
from lib.analyses.prunings.measures import (
    QUICKER,
    WAYS,
    fair_level,
    layers_beyond_training,
    ranking_of_ways,
)
from lib.analyses.prunings.overlap_rows import by_chance
from lib.analyses.prunings.tables import OVERLAP
from lib.analyses.prunings.ways import BASE, LEVELS, NEVER_PRUNED, experiment_name, ways
from lib.pruning import Mask

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve

ORDER = ("fine_tune", *QUICKER, BASE, "weight_rewind", *FURTHER_WAYS)
"""The ways as we expect them, from the nearest to the furthest."""

REWOUND = experiment_name(BASE, "midway")


def world(order=ORDER, by_cka=None, keeping=tuple(WAYS), quick=0.01):
    """Networks that are less similar, and less accurate late in pruning, from way to way.

    Args:
        order: of the ways, by SVCCA and accuracy.
        by_cka: the order by CKA, if it is another.
        keeping: the ways that keep the accuracy until the middle.
        quick: epochs of a re-training of the quicker ways; others have four.
    """
    curves, gains = {}, {}
    for level in LEVELS:
        for way in ways(level):
            name = experiment_name(way, level)
            for metric, places in (("svcca", order), ("cka", by_cka or order)):
                low = 0.7 - 0.05 * places.index(way)
                shape = curve(conv1_1=0.95, conv3_1=low, conv4_1=low + 0.05, out=0.9)
                curves[name, metric, ""] = shape
            lost, kept = order.index(way) + 0.1, way in keeping
            gains[name] = lambda left, lost=lost, kept=kept: (
                -0.1 * lost / 9 if kept and left > 0.05 else -lost
            )
    for metric in ("svcca", "cka"):
        curves[NEVER_PRUNED, metric, ""] = curve(conv1_1=0.96, conv3_1=0.7, conv4_1=0.8, out=0.95)
    gains[NEVER_PRUNED] = lambda left: 0.0
    results = World(curves, gains).results()
    quicker = results.performance.experiment.str.contains("|".join(QUICKER))
    results.performance["epochs"] = np.where(quicker, quick, 4.0)
    return results


def violated(claim):
    kind, _, rest = claim.key.removeprefix("prunings-").partition("-")
    if kind == "beyond":
        return world(quick=4.0)
    if kind == "ranking" or (rest.endswith("cka") and kind == "accuracy"):
        return world(by_cka=ORDER[::-1])
    if kind != "accuracy":
        return world(order=ORDER[::-1])
    results = world()  # in which accuracy alone is turned round
    rows = results.performance
    complete = rows[rows.iteration == 0].accuracy.max()
    lower = rows.accuracy.where(rows.iteration == 0, 2 * complete - rows.accuracy)
    results.performance["accuracy"] = lower
    return results


test_verdicts = verdicts_of(
    CLAIMS + CHECKS,
    lambda _: world(),
    violated,
    lambda _: World(
        {(REWOUND, "svcca", ""): curve(out=0.5)}, {REWOUND: lambda left: 0.0}
    ).results(),
)


def test_ways_are_compared_where_both_keep_the_accuracy():
    assert fair_level(world(), "local") == "midway"
    with pytest.raises(LookupError, match="as accurate"):
        fair_level(world(keeping=[BASE, "local"]), "random")


def test_accuracy_is_kept_only_if_no_earlier_iteration_leaves_it_open():
    unsure = world()
    rows = unsure.performance
    first = (rows.experiment == experiment_name("local", "early")) & (rows.iteration == 1)
    before = rows[first].accuracy.mean()
    rows.loc[first, "accuracy"] += 0.01 * (rows.train_seed - 1)
    assert rows[first].accuracy.mean() == pytest.approx(before)
    with pytest.raises(LookupError, match="shown to be as accurate"):
        fair_level(unsure, "local")


def test_training_alone_has_as_many_epochs_behind_it():
    results = world(quick=14 / 9)  # midway 14, half way from the third iteration to the fourth
    found = layers_beyond_training(results, "one_shot", "midway", "svcca")[0, 0]
    rows = results.similarity[results.similarity.train_seed == 0]
    curves = rows[rows.metric == "svcca"].pivot_table("value", ["experiment", "iteration"], "layer")
    never, own = curves.loc[NEVER_PRUNED], curves.loc[experiment_name("one_shot", "midway"), 9]
    wanted = own - (never.loc[3] + never.loc[4]) / 2
    assert found.to_dict() == pytest.approx(wanted[found.index].to_dict())


def test_ways_are_ordered_where_they_reach_a_level_in_every_network():
    results = world()
    rows = results.similarity
    mine = (rows.experiment == experiment_name("local", "late")) & (rows.layer == "conv3_1")
    results.similarity.loc[mine & (rows.train_seed == 1), "value"] = float("nan")
    found = ranking_of_ways(results, "late", "svcca", "cka")
    assert set(found.index.get_level_values("way")) == set(WAYS) - {"local", "filters"}
    assert len(found) == 3 * (len(WAYS) - 2)


def test_ways_are_set_beside_rewinding_at_equal_accuracy_and_midway():
    table = table_beside_rewinding(world(keeping=[BASE, "local"]))
    assert table.loc["pruning each layer alike", "Compared"] == "midway"
    assert table.loc["pruning each layer alike", "SVCCA"].startswith("\u2212")
    assert table.loc["random pruning", "Compared"] == "none"
    assert table.loc["random pruning", "SVCCA"] == "-"
    assert table.loc["random pruning", "SVCCA, midway"].startswith("\u2212")


def test_a_line_leads_from_level_to_level():
    path = error_and_similarity(world(), "random", "svcca")
    assert list(path.index) == list(LEVELS)
    assert path.error.is_monotonic_increasing
    assert path.similarity.is_monotonic_decreasing
    assert list(error_and_similarity(world(), "one_shot", "svcca").index) == ["midway", "late"]
    midway = svcca_midway(world(), "random")
    hidden = midway.drop("out")
    assert hidden.mean() == pytest.approx(path.similarity["midway"], abs=0.02)


def test_spans_are_from_the_first_way_to_the_last():
    found = spans(world())
    assert list(found.index) == ["midway", "late"]
    assert (found > 0).all(axis=None)
    assert found.gain["late"] > found.gain["midway"]
    few = World({(REWOUND, "svcca", ""): curve(out=0.5)}, {REWOUND: lambda left: 0.0})
    assert spans(few.results()).isna().all(axis=None)


def test_tables_have_a_row_for_every_way_that_gets_there():
    results = world()
    beyond = table_beyond_training(results)
    assert list(beyond.loc["early"].index) == ["learning-rate rewinding"]
    assert beyond.loc["midway", "learning-rate rewinding"].Epochs == "36"
    levels = table_of_levels(results)
    assert len(levels) == sum(len(ways(level)) for level in LEVELS)
    assert levels.loc["late", "random pruning"].Accuracy.startswith("\u2212")
    orders = table_of_orders(world(by_cka=ORDER[::-1]))
    assert orders.loc["midway", "SVCCA and CKA"] == "\u22121.00 (\u22121.00)"


def test_masks_are_compared_midway_with_chance_beside_them():
    head = {"experiment": REWOUND, "prune_seed": 0, "iteration": 3, "level": "midway"}
    head["other_seed"] = None
    head |= {"way": "random", "other_way": BASE, "by_chance": 0.1}
    rows = [head | {"train_seed": seed, "jaccard": 0.2 + 0.1 * seed} for seed in range(3)]
    table = table_of_masks(world().having(OVERLAP, OVERLAP.tidy(rows)))
    assert table.loc["random pruning", "learning-rate rewinding"] == "0.30 (0.10)"
    assert (table == "").sum(axis=None) == table.size - 1


def test_random_masks_have_in_common_what_chance_gives():
    draw = torch.Generator().manual_seed(0)
    one, other = (
        Mask({name: torch.rand(n, generator=draw) < share for name, n, share in layers})
        for layers in (
            [("a", 40_000, 0.5), ("b", 10_000, 0.1)],
            [("a", 40_000, 0.2), ("b", 10_000, 0.4)],
        )
    )
    assert one.jaccard(other) == pytest.approx(by_chance(one, other), abs=0.01)
    assert by_chance(one, other) == pytest.approx(4400 / (28_000 + 5_000 - 4_400), abs=0.01)
