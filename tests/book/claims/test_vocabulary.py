"""The quantities of a run are what their words say, and what is missing is named."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.analyses.main_paper.claims import OUR_CONTROLS, PAPER_CLAIMS
from lib.book import claims
from lib.book.claims import vocabulary as q
from lib.book.claims.engine import NOT_MEASURED, TOO_FEW, Rule, find
from lib.book.claims.gains import gain_beyond_training
from lib.book.claims.quantity import ALWAYS, END, HIDDEN, OUT, Missing, left
from lib.book.claims.runs import of_pairs, runs_of
from lib.book.report.statistics import interval

from .worlds import PAPERS_WORLD, curve

RUN = (1, 0)


@pytest.fixture(scope="module")
def world():
    return PAPERS_WORLD.results()


def test_quantities_are_what_their_words_say(world):
    table = world.similarity.query(
        "experiment == 'vgg16_bn' and metric == 'cka' and reshape == 'flat' and train_seed == 1"
    )
    last = table[table.iteration == 20]
    hidden = last[last.kind != "out"]
    quantity = q.lowest("vgg16_bn", "cka")
    assert quantity.words == "lowest CKA of the hidden layers"
    assert quantity.measure(world)[RUN] == hidden.value.min()
    assert q.mean("vgg16_bn", "cka").measure(world)[RUN] == pytest.approx(hidden.value.mean())
    place = q.place_of_lowest("vgg16_bn", "cka").measure(world)[RUN]
    assert hidden.sort_values("depth").layer.iloc[int(place)] == hidden.layer[hidden.value.idxmin()]
    outputs = table[table.kind == "out"].set_index("iteration").value
    fallen = q.fall("vgg16_bn", "cka", OUT).measure(world)[RUN]
    assert fallen == pytest.approx(outputs[1] - outputs[20])


def test_parts_of_a_run(world):
    run = runs_of(world, "vgg16_bn", "cka")[0, 0]
    assert run.part(HIDDEN, END).shape == (1, 18)
    assert run.part(OUT, ALWAYS).shape == (20, 1)
    assert list(run.part(OUT, left(high=0.17)).index) == list(range(8, 21))
    with pytest.raises(Missing, match="no iteration with at most 0.1 % of the weights left"):
        run.part(OUT, left(high=0.001))


def test_pairs_that_share_networks_become_a_pseudo_value_for_each_network():
    index = pd.MultiIndex.from_tuples([(0, 1), (0, 2), (1, 2)], names=["train_seed", "run_seed"])
    numbers = pd.Series([0.1, 0.2, 0.6], index=index)
    found = of_pairs(numbers)
    assert found.to_dict() == pytest.approx({0: -0.3, 1: 0.5, 2: 0.7})
    assert found.mean() == pytest.approx(numbers.mean())
    assert of_pairs(numbers.iloc[:1]).tolist() == [0.1]


@pytest.mark.parametrize("pair", range(3))
def test_a_pair_without_a_number_leaves_no_network_one_and_is_counted(pair):
    index = pd.MultiIndex.from_tuples([(0, 1), (0, 2), (1, 2)], names=["train_seed", "run_seed"])
    numbers = pd.Series([0.1, 0.2, 0.6], index=index)
    numbers.iloc[pair] = np.nan
    of_networks = of_pairs(numbers)
    assert of_networks.index.tolist() == [0, 1, 2]
    assert interval(of_networks).described() == "0 complete networks, 3 undefined"


def test_pairs_are_known_by_what_the_experiment_compares(world):
    found = q.mean("vgg16_bn_independent", "cka").measure(world)
    rows = world.similarity.query("experiment == 'vgg16_bn_independent' and metric == 'cka'")
    by_pair = rows[rows.kind != "out"].groupby(["train_seed", "run_seed"]).value.mean()
    assert found[0] == pytest.approx(by_pair[0, 1] + by_pair[0, 2] - by_pair[1, 2])


def test_a_gain_beyond_training_is_taken_within_the_same_complete_network_and_iteration(world):
    quantity = gain_beyond_training("vgg16_bn", left(low=0.5))
    early = world.performance.query("1 <= iteration <= 3 and train_seed == 1")
    means = early.groupby("experiment").accuracy.mean()
    expected = 100 * (means["vgg16_bn"] - means["vgg16_bn_trained_as_long"])
    assert quantity.numbers(world)[1] == pytest.approx(expected)
    other = world.performance.experiment == "vgg16_bn_trained_as_long"
    one = world.performance[~other | (world.performance.train_seed == 1)]
    found = quantity.numbers(dataclasses.replace(world, performance=one))
    assert found.index.tolist() == [1]


def decide(key, results):
    claim = next(c for c in (*PAPER_CLAIMS, *OUR_CONTROLS) if c.key == key)
    return claims.decide(claim, results)


@pytest.mark.parametrize(
    ("key", "values", "missing"),
    [
        ("cosine-sinks", {"metric": "cosine"}, "vgg16_bn has no cosine"),
        ("vgg16_bn-nbs-bottom", {"layer": "pool3"}, "no layer pool3"),
        ("vgg16_bn-cka-output", {"kind": "out"}, "no output layer"),
        ("vgg16_bn-channels-cka", {"reshape": "channels", "metric": "cka"}, "CKA on the reshape"),
    ],
)
def test_what_is_missing_is_named(world, key, values, missing):
    table = world.similarity
    gone = np.logical_and.reduce([table[column] == value for column, value in values.items()])
    outcome = decide(key, dataclasses.replace(world, similarity=table[~gone]))
    assert outcome.verdict == NOT_MEASURED
    assert missing in outcome.nearest.missing


def test_a_dimension_never_measured_and_a_sparsity_never_reached_are_named(world):
    table = world.similarity.assign(id_x=np.nan)
    outcome = decide("dimension-interior", dataclasses.replace(world, similarity=table))
    assert outcome.nearest.missing == "vgg16_bn has no id_x of CKA"
    dense = world.performance[world.performance.iteration < 5]
    outcome = decide("vgg16_bn-accuracy-decline", dataclasses.replace(world, performance=dense))
    assert outcome.nearest.missing == "no iteration with 8.0 % to 13 % of the weights left"


def test_no_metric_is_undefined_in_silence(world):
    """A network with a dead layer has no minimum, and the reader learns how many there are."""
    table = world.similarity
    dead = (table.layer == "conv2_1") & (table.metric == "cka") & (table.train_seed > 0)
    results = dataclasses.replace(world, similarity=table.assign(value=table.value.mask(dead)))
    outcome = decide("vgg16_bn-cka-bound", results)
    assert outcome.verdict == TOO_FEW
    assert outcome.nearest.measured.endswith("1 complete network, 2 undefined")
    nowhere = table.assign(value=table.value.mask(dead | (table.train_seed == 0)))
    outcome = decide("vgg16_bn-cka-bound", dataclasses.replace(world, similarity=nowhere))
    assert outcome.verdict == NOT_MEASURED
    assert outcome.nearest.measured == "not defined in 3 complete networks"


def test_a_plateau_is_the_longest_stretch_that_hardly_changes():
    levels = {"conv1_1": 0.97, "pool2": 0.96, "conv3_1": 0.8, "pool5": 0.3}
    results = PAPERS_WORLD.but(curves={("vgg16_bn", "cka", ""): curve(**levels)}).results()
    found = q.plateau("vgg16_bn", "cka").measure(results)
    assert found.tolist() == pytest.approx([6 / 18] * 3)


def test_the_interval_of_a_rank_correlation_ends_where_correlations_do(world):
    whole = find(Rule(q.trend("vgg16_bn", "cka"), above=0), world).interval
    assert whole.low >= -1
    difference = q.depth_trend("vgg16_bn", "nbs") - q.depth_trend("vgg16_bn", "cka")
    assert difference.of("twice").limits == (-2, 2)
    assert q.mean("vgg16_bn", "cka").limits == (-np.inf, np.inf)
