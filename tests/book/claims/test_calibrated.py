"""The scale of shuffled images (0), independent networks (1) and identical ones (2)."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.book.claims import calibrated
from lib.book.claims.quantity import Missing
from lib.book.claims.runs import jackknife
from lib.book.report.results import load_results

from ..report.made_up import write_results

NETWORK = "vgg_svhn"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    folder = write_results(
        tmp_path_factory.mktemp("scale") / "results",
        runs=[(0, 0), (1, 0), (2, 0)],
        controls=["independent"],
    )
    return load_results(folder)


def having(study, pruned, independent, null):
    """The study with the same values in all layers."""
    table = study.similarity
    own = table.experiment == NETWORK
    value = pd.Series(independent, index=table.index).mask(own, pruned)
    return replace(study, similarity=table.assign(value=value, null_mean=null))


@pytest.mark.parametrize(
    ("pruned", "independent", "null", "place"),
    [
        (0.2, 0.6, 0.2, 0),
        (0.4, 0.6, 0.2, 0.5),
        (0.6, 0.6, 0.2, 1),
        (0.8, 0.6, 0.2, 1.5),
        (1.0, 0.6, 0.2, 2),
        (0.97, 0.96, 0.9, 1.25),
    ],
)
def test_places(made_up, pruned, independent, null, place):
    study = having(made_up, pruned, independent, null)
    numbers = calibrated.position(NETWORK, "cka").numbers(study)
    assert numbers.tolist() == pytest.approx([place] * 3)


def test_metrics_with_other_raw_values_may_agree(made_up):
    study = having(made_up, 0.5, 0.5, 0.0)
    table = study.similarity
    high = (table.metric == "cka") * 0.4
    study = replace(study, similarity=table.assign(value=table.value + high))
    assert calibrated.apart(NETWORK, "svcca", "cka").numbers(study).tolist() == pytest.approx(
        [0] * 3
    )


def test_pseudo_values_of_a_mean_are_the_numbers_themselves():
    numbers = pd.Series([0.1, 0.4, 0.9], index=pd.Index([0, 1, 2], name="train_seed"))
    found = jackknife(numbers.index, lambda some: numbers[some].mean())
    pd.testing.assert_series_equal(found, numbers)


def test_two_networks_have_one_number_and_no_interval():
    found = jackknife(pd.Index([3, 5], name="train_seed"), lambda some: 0.7)
    assert found.to_dict() == {3: 0.7}


def test_what_was_not_measured_is_missing(made_up):
    with pytest.raises(Missing, match="no experiment vgg16_bn_independent"):
        calibrated.position("vgg16_bn", "cka").numbers(made_up)
