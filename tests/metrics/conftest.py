"""Pairs of small representations of the same data points."""

import pytest
import torch

from .data import related


@pytest.fixture(autouse=True, scope="package")
def _one_thread():
    """Matrices this small lose time to threads, and more of it the busier the machine is."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


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
