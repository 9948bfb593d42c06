"""The three verdicts that a claim must be able to get."""

from collections.abc import Callable, Iterable
from itertools import product

import pytest

from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED, Claim, decide
from lib.book.report.results import Results

Worlds = Callable[[Claim], Results]


def verdicts_of(claims: Iterable[Claim], like: Worlds, unlike: Worlds, without: Worlds):
    """A test that each claim holds in one world, fails in another, and is not measured in a third.

    Args:
        claims: each gets a case for every verdict.
        like, unlike, without: the results for a claim: of a world like that of which it speaks, of
            one that violates it, and of a study without its experiments or tables.
    """
    worlds = {HOLDS: like, FAILS: unlike, NOT_MEASURED: without}
    cases = [pytest.param(*case, id=f"{case[0].key}-{case[1]}") for case in product(claims, worlds)]

    @pytest.mark.parametrize(("claim", "verdict"), cases)
    def test(claim, verdict):
        outcome = decide(claim, worlds[verdict](claim))
        assert outcome.verdict == verdict, outcome.nearest.measured

    return test
