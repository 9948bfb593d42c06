"""One verdict on several claims, for a sentence that speaks of all of them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ..findings import Decided
from .engine import FAILS, HOLDS, NOT_MEASURED, Outcome

NOWHERE = "holds nowhere"
MORE_OFTEN, LESS_OFTEN, AS_OFTEN = (
    "holds more often",
    "fails more often",
    "holds as often as it fails",
)


def joint(key: str, words: str, outcomes: Sequence[Outcome]) -> Decided:
    """Decide several claims together.

    Args:
        key: of the comparison, different for each of the book.
        words: what the claims have in common.
        outcomes: of the claims.

    Returns:
        The claims' verdict if it is the same for all. Otherwise `NOWHERE` if none
        holds, and if some do, whether more hold than fail. `measured` counts the
        verdicts.
    """
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    measured = ", ".join(f"{verdict}: {n}" for verdict, n in verdicts.items())
    return Decided(key, words, measured or NOT_MEASURED, _verdict(verdicts))


def _verdict(verdicts: Counter[str]) -> str:
    if len(verdicts) < 2:
        return next(iter(verdicts), NOT_MEASURED)
    if not verdicts[HOLDS]:
        return NOWHERE
    if verdicts[HOLDS] == verdicts[FAILS]:
        return AS_OFTEN
    return MORE_OFTEN if verdicts[HOLDS] > verdicts[FAILS] else LESS_OFTEN


def with_parts(outcomes: Iterable[Outcome], *parts: str) -> list[Outcome]:
    """The outcomes of the claims whose keys have all of these parts between their hyphens."""
    return [outcome for outcome in outcomes if set(parts) <= set(outcome.claim.key.split("-"))]
