"""Does dimension rank the layers as dissimilarity does? On made-up layers."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.analyses.dimensions.analysis import agreements, extremes, layer_rank_correlation
from lib.analyses.dimensions.claims import DIMENSIONS
from lib.book.claims.engine import decide

LAYERS = list("abcdefgh")


def of_layers(numbers):
    return pd.Series(numbers, index=LAYERS, dtype=float)


def test_what_both_share_with_the_place_is_taken_out():
    draw = np.random.default_rng(0).normal
    place = np.arange(8)
    distance, dimension = of_layers(place + draw(0, 2, 8)), of_layers(-place + draw(0, 2, 8))
    assert layer_rank_correlation(distance, dimension) < -0.4
    assert layer_rank_correlation(distance, dimension) < layer_rank_correlation(
        distance, dimension, given_place=True
    )
    beyond = of_layers([0, 1, 0, 1, 0, 1, 0, 1]) * 9
    assert layer_rank_correlation(distance + beyond, dimension + beyond, given_place=True) > 0.5


def test_given_the_place_nothing_is_left_of_what_rises_at_every_layer():
    rising = of_layers(range(8))
    assert np.isnan(
        layer_rank_correlation(rising, of_layers([3, 1, 4, 1, 5, 9, 2, 6]), given_place=True)
    )


def test_layers_without_a_dimension_are_left_out():
    known = of_layers([np.nan, 1, 2, 3, 4, 5, 6, 7])
    assert layer_rank_correlation(of_layers([9, 1, 2, 3, 4, 5, 6, 7]), known) == pytest.approx(1)


def test_a_dimension_that_is_the_dissimilarity_explains_it(results):
    rows = results.similarity
    explained = rows.assign(id_x=(1 - rows.value) ** 2)
    study = dataclasses.replace(results, similarity=explained)
    [first] = {claim for claim in DIMENSIONS if claim.key == "dimensions-vgg16_bn-cka"}
    assert decide(first, study).nearest.interval.mean == pytest.approx(1)
    # a constant has no order
    assert agreements(results)["Intrinsic dim."].isna().all()


def test_without_dimensions_nothing_is_decided(results):
    rows = results.similarity
    none = dataclasses.replace(results, similarity=rows.assign(id_x=np.nan, id_y=np.nan))
    assert {decide(claim, none).verdict for claim in DIMENSIONS} == {"not measured"}
    assert set(extremes(none)["Dimension highest"]) == {"-"}
