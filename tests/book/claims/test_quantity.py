"""Functions of results as quantities, in words."""

import pandas as pd
import pytest

from lib.book.claims.quantity import HIDDEN, Missing, as_quantity

SEEDS = pd.Index([0, 1], name="train_seed")


@as_quantity("{metric} of {layers} after {way}", (0, 1), way={"slow": "slow pruning"})
def measured(results, metric, layers, way="slow", *, times=1):
    """A made-up number of each network."""
    if results is None:
        raise Missing("nothing")
    return pd.Series([0.25, 0.5], SEEDS) * times


def test_the_words_name_arguments_by_their_titles_or_by_their_own_words():
    assert measured("cka", HIDDEN).words == "CKA of the hidden layers after slow pruning"
    assert measured("new", "pool1", way="haste").words == "new of pool1 after haste"
    assert measured.__doc__ == "A made-up number of each network."


def test_the_function_is_called_with_the_results_and_its_arguments():
    quantity = measured("cka", HIDDEN, times=2)
    assert quantity.limits == (0, 1)
    assert quantity.numbers("results").to_dict() == {0: 0.5, 1: 1.0}
    with pytest.raises(Missing, match="nothing"):
        quantity.numbers(None)


def test_arguments_that_the_function_does_not_have_are_refused_at_once():
    with pytest.raises(TypeError, match="missing a required argument: 'layers'"):
        measured("cka")
