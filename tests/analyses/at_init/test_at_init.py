"""Pruning before training: what became of the networks, in tables and in claims."""

import pandas as pd
import pytest

from lib.analyses.at_init.analysis import (
    SCORE_EXPERIMENTS,
    accuracy_where_few_are_left,
    by_level,
    course,
    densities,
    level_table,
    pruned_at_init,
    pruned_levels,
    similarities,
)
from lib.analyses.at_init.tables import COLLAPSE
from lib.book.report.results import Results
from lib.table_schemas import DENSITY

from ...book.claims.worlds import World, curve

LEFT = (0.1, 0.01)
"""What is left at each level."""

ACCURACY = {"SynFlow": (0.9, 0.8), "magnitude": (0.9, 0.2), "random": (0.85, 0.5)}


def study() -> Results:
    """Two initial networks; magnitude empties a layer at the last level, random cuts the paths."""
    shape = curve(conv1_1=0.9, conv3_1=0.7, out=0.5)
    names = SCORE_EXPERIMENTS.values()
    curves = {(name, metric, ""): shape for name in names for metric in ("svcca", "cka")}
    results = World(curves, dict.fromkeys(names, lambda left: 0.0)).results()
    rows = results.performance
    rows = rows[rows.train_seed.isin((0, 1)) & rows.iteration.isin((0, 1, 2))].copy()
    similar = results.similarity
    similar = similar[similar.train_seed.isin((0, 1)) & similar.iteration.isin((1, 2))].copy()
    for score, name in SCORE_EXPERIMENTS.items():
        for level, left in enumerate(LEFT, start=1):
            of_level = (rows.experiment == name) & (rows.iteration == level)
            rows.loc[of_level, "remaining"] = left
            rows.loc[of_level, "accuracy"] = ACCURACY[score][level - 1] + 0.02 * rows.train_seed
    rows["collapsed"] = ""
    emptied = (rows.experiment == SCORE_EXPERIMENTS["magnitude"]) & (rows.iteration == 2)
    rows.loc[emptied, "collapsed"] = "conv1_1,conv3_1"
    pruned_rows = rows[rows.iteration > 0]
    fate = pruned_rows[["experiment", "train_seed", "run_seed", "iteration"]].assign(
        paths=1.0, constant=False, predicted=10, majority=0.2
    )
    fate.loc[(fate.experiment == SCORE_EXPERIMENTS["random"]) & (fate.iteration == 2), "paths"] = (
        0.0
    )
    changed = Results(results.folder, similar, rows, results.provenance)
    return changed.having(COLLAPSE, fate)


def test_a_network_is_constant_if_a_layer_is_empty_or_no_path_is_left():
    found = pruned_at_init(study()).sort_index()
    assert set(found.loc["magnitude", 2]["empty"]) == {2}
    assert found.loc["magnitude", 2].constant.all()
    assert found.loc["random", 2].constant.all()
    assert set(found.loc["random", 2]["empty"]) == {0}
    assert not found.loc["SynFlow"].constant.any()


def test_a_level_has_the_mean_and_the_spread_of_initial_networks():
    levels = by_level(study())
    row = levels.loc["SynFlow", 2]
    assert row.left == pytest.approx(0.01)
    assert row.accuracy == pytest.approx(0.81)
    assert row.sd == pytest.approx(0.02 / 2**0.5)
    assert (row.constant, row.networks) == (0, 2)
    assert 0 not in pruned_levels(levels).index.get_level_values("iteration")
    table = level_table(levels)
    assert list(table.index)[:2] == ["complete network", "SynFlow"]
    assert table.loc["magnitude", "Constant"].tolist() == ["0 of 2", "2 of 2"]
    assert table.loc["random", "Accuracy, %"].tolist()[1].startswith("51.0 \u00b1")


def test_scores_are_compared_where_one_weight_in_a_hundred_is_left():
    levels = by_level(study())
    assert accuracy_where_few_are_left(levels) == {
        "SynFlow": "81.0",
        "magnitude": "21.0",
        "random": "51.0",
    }
    early = levels.drop(index=2, level="iteration")
    assert set(accuracy_where_few_are_left(early).values()) == {"-"}


def test_densities_are_those_of_the_level_where_few_are_left():
    head = {"train_seed": 0, "run_seed": 0, "weights": 200}
    rows = [
        head | {"experiment": name, "iteration": level, "parameter": "a.conv.weight"}
        for name in SCORE_EXPERIMENTS.values()
        for level in (1, 2)
    ]
    table = pd.DataFrame(rows).assign(survivors=lambda t: t.iteration.map({1: 100, 2: 3}))
    results = study().having(DENSITY, table)
    assert densities(results, by_level(results)).loc["a"].tolist() == pytest.approx([1.5] * 3)


def test_similarity_is_not_given_where_a_network_is_constant_and_its_course_is_decided():
    results = study()
    found = similarities(results, by_level(results))
    assert found.loc["magnitude", 2][["SVCCA", "CKA"]].isna().all()
    assert found.loc["SynFlow", 2].SVCCA > 0
    line = pd.DataFrame({"SVCCA": [0.6, 0.7, 0.8], "CKA": [0.9, 0.8, 0.7]})
    both = pd.concat({"SynFlow": line, "random": line * 0 + 0.5})
    assert course(both, "SynFlow", "SVCCA").verdict == "rises"
    assert course(both, "SynFlow", "CKA").verdict == "falls"
    assert course(both, "random", "CKA").verdict == "about level"
    single = both.groupby(level=0).head(1)
    assert course(single, "SynFlow", "CKA").verdict == "not measured"
