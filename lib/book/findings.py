"""What pages decide, kept in their outputs, so that sentences of any page can expect it.

A page records each comparison with its verdict. A sentence that a person wrote names
the verdicts that it rests on, and `book/_ext/finding.py` compares the two when the book
is built.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from IPython.display import display

from .claims.engine import Outcome
from .report.statistics import Interval
from .sealed_page import load_page

MIME_TYPE = "application/vnd.pruned-representations.decided+json"
# what `myst_nb.glue` puts before the types of values that are kept and not shown
GLUE_PREFIX = "application/papermill.record/"

_KEY = re.compile(r"[^\s;={},]+")
_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Decided:
    """A comparison that was decided.

    Attributes:
        key: its name in the whole book, without blanks, such as
            `controls-costless-svcca`.
        words: what is compared, for the reader.
        measured: the value with its interval, or what is missing.
        verdict: such as `holds`, `does not hold`, `undecided`, `not measured`, `closer`.

    Raises:
        ValueError: the key or the verdict could not be written where a sentence expects
            it.
    """

    key: str
    words: str
    measured: str
    verdict: str

    def __post_init__(self):
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"a key has no blanks, ';', '=', ',' or braces, got {self.key!r}")
        if not self.verdict.strip() or ";" in self.verdict:
            raise ValueError(f"{self.key} needs a verdict without ';', got {self.verdict!r}")


def compared(key: str, words: str, mean: Interval, verdict: str, unit: str = "") -> Decided:
    """A comparison whose measure is a mean over complete networks with its interval.

    Args:
        verdict: such as `lib.book.claims.equal.verdict` gives it.
        unit: of the mean; empty for a similarity.
    """
    return Decided(key, words, mean.described(unit), verdict)


def record(*decided: Decided) -> None:
    """Keep comparisons in the outputs of the page; the reader sees nothing of it.

    Raises:
        ValueError: two of them have the same key.
    """
    keys = [comparison.key for comparison in decided]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"recorded twice: {', '.join(twice)}; a key names one comparison")
    if decided:
        kept = {GLUE_PREFIX + MIME_TYPE: [asdict(comparison) for comparison in decided]}
        # without this name myst-nb would look for a way to show the output
        name = {"name": "; ".join(keys), "mime_prefix": GLUE_PREFIX}
        display(kept, raw=True, metadata={"scrapbook": name})


def record_claims(outcomes: Iterable[Outcome], prefix: str = "") -> None:
    """Keep decided claims in the outputs of the page, under their own keys.

    Args:
        prefix: of each key, where other results have decided the same claims as well.
    """
    record(
        *(
            Decided(
                prefix + outcome.claim.key,
                outcome.claim.statement,
                outcome.nearest.measured,
                outcome.verdict,
            )
            for outcome in outcomes
        )
    )


def recorded(pages: Path) -> dict[str, dict[Decided, list[str]]]:
    """All comparisons that executed pages have recorded.

    Args:
        pages: the folder of the executed notebooks.

    Returns:
        {key: {comparison: names of the files that recorded it}}. A key has several
        comparisons where pages disagree.
    """
    comparisons: dict[str, dict[Decided, list[str]]] = {}
    for file in sorted(pages.glob("*.ipynb")):
        for cell in load_page(file)["cells"]:
            for output in cell.get("outputs", []):
                for fields in output.get("data", {}).get(GLUE_PREFIX + MIME_TYPE, []):
                    comparison = Decided(**fields)
                    files = comparisons.setdefault(comparison.key, {}).setdefault(comparison, [])
                    if file.name not in files:
                        files.append(file.name)
    return comparisons


def expectations(text: str) -> dict[str, str]:
    """Read `key = verdict; key = verdict`.

    As in a shell, `adds-{vgg16_bn,vgg_svhn}-{svcca,cka} = holds` stands for all four keys.

    Returns:
        {key: verdict}

    Raises:
        ValueError: the text is not of this form, or names a key twice.
    """
    expected: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        keys, equals, verdict = (piece.strip() for piece in part.partition("="))
        if not (equals and verdict) or "=" in verdict:
            raise ValueError(f"expected 'key = verdict; key = verdict', got {part!r}")
        for key in _expanded(keys):
            if not _KEY.fullmatch(key):
                raise ValueError(f"expected 'key = verdict; key = verdict', got {part!r}")
            if key in expected:
                raise ValueError(f"{key} is expected twice")
            expected[key] = verdict
    if not expected:
        raise ValueError("a finding names what it expects, as ':expects: key = verdict'")
    return expected


def _expanded(keys: str) -> Iterator[str]:
    """Each key that is meant: with the first of the alternatives in braces, the second, ..."""
    # every second piece stood in braces
    pieces = enumerate(_ALTERNATIVES.split(keys))
    choices = [piece.split(",") if i % 2 else [piece] for i, piece in pieces]
    return map("".join, product(*choices))
