"""Several claims get one verdict."""

import pytest

from lib.book.claims.engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    UNDECIDED,
    Finding,
    Outcome,
    Rule,
    declare,
)
from lib.book.claims.joint import AS_OFTEN, LESS_OFTEN, MORE_OFTEN, NOWHERE, joint, with_parts
from lib.book.claims.quantity import Quantity

RULE = Rule(Quantity("", lambda results: None), above=0)


def outcomes(*verdicts):
    claims = declare("", "", {f"page-net_{i}-cka": ("", RULE) for i in range(len(verdicts))})
    return [
        Outcome(claim, (Finding(RULE, verdict),))
        for claim, verdict in zip(claims, verdicts, strict=True)
    ]


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ((HOLDS, HOLDS), HOLDS),
        ((UNDECIDED, UNDECIDED), UNDECIDED),
        ((FAILS, UNDECIDED), NOWHERE),
        ((HOLDS, HOLDS, FAILS), MORE_OFTEN),
        ((HOLDS, FAILS, FAILS), LESS_OFTEN),
        ((HOLDS, FAILS, UNDECIDED), AS_OFTEN),
        ((), NOT_MEASURED),
    ],
)
def test_the_verdict_on_all(verdicts, wanted):
    assert joint("key", "words", outcomes(*verdicts)).verdict == wanted


def test_the_verdicts_are_counted():
    assert joint("key", "words", outcomes(HOLDS, FAILS, HOLDS)).measured == (
        "holds: 2, does not hold: 1"
    )


def test_claims_are_chosen_by_whole_parts_of_their_keys():
    found = outcomes(HOLDS, FAILS)
    assert with_parts(found, "net_1", "cka") == found[1:]
    assert with_parts(found, "net", "cka") == []
