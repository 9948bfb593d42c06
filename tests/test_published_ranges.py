"""The numbers of all published tables lie where such numbers can lie, and agree with each other."""

from functools import cache

import pandas as pd
import pytest

from lib.declared import CATALOGUE
from lib.integrity import study_folders
from lib.metrics import METRICS
from lib.repository import RESULTS, ROOT
from lib.table_schemas import DENSITY, RUN, TABLES

from .loaded import load_results

STUDIES = sorted(folder.name for folder in study_folders(ROOT / RESULTS))
OF_A_RUN = [column for column in RUN if column != "iteration"]

IN_0_TO_1 = ("mean_cca", "svcca", "pwcca", "cka", "nbs")
"""The paper's metrics; CKA without a correction of its bias is never negative."""

SHARES = {
    *("remaining", "accuracy", "share", "majority"),
    *("jaccard", "by_chance", "own", "assigned"),
}
NOT_NEGATIVE = {
    *(*OF_A_RUN, "iteration", "depth", "depth_x", "depth_y", "epochs", "images"),
    *("loss", "train_loss", "error", "entropy", "mixed", "paths"),
    *("weights", "survivors", "neurons", "rank_x", "rank_y", "dead_x", "dead_y"),
} - {"experiment"}


@cache
def study(name):
    return load_results(ROOT / RESULTS / "chapters" / name)


@cache
def tables(name):
    """{name: rows} of all tables of a study that have any."""
    results = study(name)
    files = results.provenance["files"]
    there = {file.rpartition("/")[2].removesuffix(".parquet") for file in files}
    declared = (each.name for each in (*TABLES, *CATALOGUE.analysis_tables))
    rows = {each: results.table(each) for each in declared if each in there}
    return {name: table for name, table in rows.items() if len(table)}


def outside(numbers, least, most=float("inf")):
    """The numbers beyond either end, of those that are there."""
    known = numbers.dropna()
    return known[~known.between(least, most)].tolist()


@pytest.mark.parametrize("name", STUDIES)
def test_shares_lie_in_0_to_1_and_nothing_that_is_counted_is_negative(name):
    for table, rows in tables(name).items():
        for columns, ends in ((SHARES, (0, 1)), (NOT_NEGATIVE, (0,))):
            for column in columns & set(rows):
                assert not outside(rows[column], *ends), (table, column)


@pytest.mark.parametrize("name", STUDIES)
def test_similarities_lie_in_the_range_of_their_metric(name):
    for table, rows in tables(name).items():
        if {"metric", "value"} <= set(rows):
            for metric, values in rows.groupby("metric").value:
                if metric in IN_0_TO_1:
                    assert not outside(values, 0, 1), (table, metric)
                elif metric in METRICS:
                    assert not outside(values, METRICS[metric].lowest, 1), (table, metric)
                else:
                    assert table != "similarity", metric


@pytest.mark.parametrize("name", STUDIES)
def test_a_similarity_is_missing_only_where_a_layer_is_constant(name):
    rows = study(name).similarity
    constant = (rows.rank_x == 0) | (rows.rank_y == 0)
    assert (rows.value.isna() == constant).all()


@pytest.mark.parametrize("name", STUDIES)
def test_the_share_of_weights_left_falls_in_each_run(name):
    results = study(name)
    rows = results.performance.sort_values("iteration")
    for (experiment, *_), run in rows.groupby(OF_A_RUN, dropna=False).remaining:
        declared = results.settings(experiment)["hyperparameters"]
        levels = {row["name"]: row["value"] for row in declared}["pruning.levels"]
        assert run.is_monotonic_decreasing, experiment
        # listed levels may repeat, as where networks only train on
        assert run.is_unique or levels != "()", experiment


@pytest.mark.parametrize("name", STUDIES)
def test_survivors_are_among_the_weights_and_never_come_back(name):
    rows = tables(name).get("density", DENSITY.tidy()).sort_values("iteration")
    assert (rows.survivors <= rows.weights).all()
    assert (rows.groupby(["experiment", "parameter"]).weights.nunique() == 1).all()
    falling = rows.groupby([*OF_A_RUN, "parameter"], dropna=False).survivors.diff().dropna()
    assert (falling <= 0).all()


@pytest.mark.parametrize("name", STUDIES)
def test_all_tables_agree_on_how_many_weights_are_left(name):
    results, key = study(name), list(RUN)
    performance = results.performance[[*key, "remaining"]]
    counted = results.table("density").groupby(key, dropna=False)[["weights", "survivors"]].sum()
    counted = performance.merge((counted.survivors / counted.weights).rename("left"), on=key)
    compared = results.similarity[[*key, "remaining"]].drop_duplicates()
    compared = performance.merge(compared, on=key, suffixes=("", "_compared"))
    assert len(compared) > 0
    pd.testing.assert_series_equal(counted.left, counted.remaining, check_names=False, rtol=1e-12)
    assert (compared.remaining_compared == compared.remaining).all()
