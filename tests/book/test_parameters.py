"""Parameters as text become values of the right type, or an error."""

import pytest

from lib.book.execute import read_parameters

KNOWN = {"profile": "smoke", "prune_seed": 0, "rate": 0.5, "keep": False}


def test_types_are_those_of_the_defaults():
    given = {"profile": "12", "prune_seed": "3", "rate": "1", "keep": "True"}
    values = read_parameters(given, KNOWN)
    assert values == {"profile": "12", "prune_seed": 3, "rate": 1.0, "keep": True}
    assert [type(v) for v in values.values()] == [str, int, float, bool]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prune_sed": "1"}, "Did you mean 'prune_seed'"),
        ({"prune_seed": "1.5"}, "prune_seed must be int"),
        ({"prune_seed": "one"}, "prune_seed must be int"),
        ({"prune_seed": "True"}, "prune_seed must be int"),
        ({"keep": "1"}, "keep must be bool"),
        ({"rate": "fast"}, "rate must be float"),
    ],
)
def test_wrong_parameters_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        read_parameters(given, KNOWN)
