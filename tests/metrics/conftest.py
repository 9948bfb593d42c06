"""Pairs of small representations of the same data points."""

import pytest

from .data import related


@pytest.fixture
def maps_seed0():
    """The maps of two convolutions, with more columns than rows when flattened."""
    return related(0, (40, 6, 4, 4), (40, 8, 4, 4))


@pytest.fixture
def tall_seed1():
    """More rows than columns."""
    return related(1, (300, 12), (300, 9))


@pytest.fixture
def wide_seed2():
    """Fewer rows than columns."""
    return related(2, (40, 90), (40, 120))


@pytest.fixture
def mixed_seed3():
    """The columns of x outnumber the rows; those of y don't."""
    return related(3, (40, 90), (40, 7))
