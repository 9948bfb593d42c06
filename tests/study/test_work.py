"""What a job has to do is counted: more of one thing costs more of that, and of nothing else."""

import pandas as pd
import pytest

from lib import ROOT
from lib.pruning import LearningRateRewind, WeightRewind
from lib.study import changed
from lib.study.analyses import Landscape, Potentials, Robustness
from lib.study.paper import PAPER
from lib.study.work import (
    analysis_work,
    comparing,
    complete_work,
    images,
    network,
    retraining_epochs,
    run_work,
    training,
    whole,
)

E = PAPER["vgg_svhn"]


@pytest.mark.parametrize("name", PAPER)
def test_a_network_is_counted_as_in_the_table_of_costs(name):
    """Two counts that share no code agree."""
    row = pd.read_csv(ROOT / "benchmarks" / "costs.csv").set_index("network").loc[name]
    found = network(PAPER[name])
    assert found.flop == pytest.approx(row["forward FLOP"], rel=0.01)
    assert (found.weights, found.parameters) == (row.weights, row.parameters)
    assert len(found.shapes) == row.layers
    assert sum(map(pd.Series.prod, map(pd.Series, found.shapes))) == row["values"]


def test_twice_the_epochs_are_twice_the_steps_and_the_training():
    one, two = training(E, 1, (1000, 0)), training(E, 2, (1000, 0))
    assert two == one * 2 or (two.flop, two.steps) == (2 * one.flop, 2 * one.steps)
    assert one.steps == 20
    assert one.flop == 3 * 1000 * network(E).flop


def test_a_run_is_its_trainings_and_its_comparisons():
    ten = changed(E, "pruning.iterations", 10)
    work = run_work(ten)
    trained = training(ten, ten.recipe.epochs) * 10
    assert work.steps == trained.steps
    assert work.flop == pytest.approx(trained.flop + comparing(ten, 10).flop)
    assert work.factors == comparing(ten, 10).factors
    assert complete_work(ten).factors == 0


@pytest.mark.parametrize("against", ["untrained", "complete"])
def test_a_control_trains_nothing(against):
    control = changed(changed(E, "train_seeds", (0, 1)), "against", against)
    assert run_work(control).steps == 0
    assert run_work(control).factors == comparing(control, 1).factors


def test_epochs_are_those_of_the_way_to_train_again():
    steps = -(-73_257 // 50)
    for retraining, epochs in (
        (LearningRateRewind(), 15),
        (LearningRateRewind(2), 2),
        (WeightRewind(3), 12),
    ):
        found = list(retraining_epochs(changed(E, "pruning.retraining", retraining)))
        assert found == [pytest.approx(epochs, abs=1 / steps)] * 20


def test_a_null_costs_factorisations_and_twice_the_images_eight_times_as_many():
    plain = changed(E, "permutations", 0)
    assert comparing(E, 1).factors == 3 * comparing(plain, 1).factors
    small = changed(changed(plain, "metrics", ("nbs",)), "also", ())
    few, many = (comparing(small, 1, n).factors for n in (100, 200))
    assert 7 < many / few <= 8  # the ten outputs stay ten


def test_the_part_of_a_data_set_that_is_used():
    assert images(E) == (73_257, 26_032)
    assert images(changed(E, "train_images", 24_000)) == (24_000, 26_032)
    four = changed(E, "classes", (0, 1, 2, 3))
    assert images(four, (40_000, 10_000)) == (16_000, 4_000)
    assert whole(four, 16_000, 4_000) == (40_000, 10_000)


def test_an_analysis_takes_what_it_asks_of_the_networks_that_there_are():
    asked = Potentials((10, 20))
    three, two = analysis_work(E, asked), analysis_work(changed(E, "pruning.iterations", 10), asked)
    assert three.signs / two.signs == pytest.approx(3 / 2)
    wide = Landscape((1,), images=2000)
    assert analysis_work(E, wide).curvature == 2 * analysis_work(E, Landscape((1,))).curvature
    many, few = (analysis_work(E, Robustness((1,), images=n)) for n in ((5000,), (500,)))
    assert many.factors > few.factors
