"""Claims: sentences that intervals decide, and the findings of a page that rest on them."""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from ..repository import ROOT
from .tables import EQUAL, FEWEST, MARGIN, NETWORK, TITLES, as_text, significant

HOLDS, FAILS, OPEN, TOO_FEW = "holds", "does not hold", "inconclusive", "too few networks"
NARROWLY = "missed narrowly"
WORST_FIRST = [FAILS, TOO_FEW, NARROWLY, OPEN, HOLDS]
PUBLISHED = ROOT / "book" / "claims"
DECIDED = ["sentence", "measured", "verdict", "p"]

Findings = Mapping[str, Mapping[str, Iterable[str]]]
"""{finding: {expected verdict: patterns of the keys of claims}}."""


@dataclass(frozen=True)
class Rule:
    """Bounds for intervals.

    Args:
        rows: a frame of `intervals`, of one row if `every` is empty.
        above, below: bounds of the whole interval; with both, it must lie between them.
        every: the noun for a row, such as `layer`, if all rows must lie within the bounds.
        unit: of the numbers, such as `points`.
        margins: whether the bounds are margins, which `varied` multiplies.
        tolerance: a mean that misses a bound by less refutes nothing.
        caveat: the reason why this rule is inconclusive, wherever the interval lies.
    """

    rows: pd.DataFrame
    above: float = -np.inf
    below: float = np.inf
    every: str = ""
    unit: str = ""
    margins: bool = False
    tolerance: float = 0.0
    caveat: str = ""

    def varied(self, times: float) -> "Rule":
        """The same rule with its margins and tolerance multiplied by `times`."""
        bounds = {"above": self.above * times, "below": self.below * times}
        return replace(self, **bounds if self.margins else {}, tolerance=self.tolerance * times)

    @cached_property
    def verdicts(self) -> list[str]:
        """The verdict of `decide` on each row; missed narrowly if by less than `tolerance`."""

        def of_row(row: pd.Series) -> str:
            verdict = decide(row, self.above, self.below)
            missed = max(self.above - row["mean"], row["mean"] - self.below)
            if self.caveat and verdict != TOO_FEW:
                return OPEN
            narrowly = verdict == FAILS and missed < self.tolerance - 1e-9
            return NARROWLY if narrowly else verdict

        return [of_row(row) for _, row in self.rows.iterrows()]

    @cached_property
    def verdict(self) -> str:
        return min(self.verdicts, key=WORST_FIRST.index, default=TOO_FEW)

    @cached_property
    def measured(self) -> str:
        if self.every:
            verdicts = self.verdicts
            against = f", {verdicts.count(FAILS)} against" if FAILS in verdicts else ""
            return f"{verdicts.count(HOLDS)} of {len(verdicts)} {self.every}s{against}"
        row = self.rows.iloc[0]
        text = f"{as_text(self.rows, 2 if self.unit else 3).iloc[0]} {self.unit}".rstrip()
        text += "" if row.low == row.high else f", n = {row.n:.0f}"
        return ", ".join(filter(None, [text, self.caveat]))

    @cached_property
    def p(self) -> float:
        """That of `p_value`; NaN for `every`, whose intervals hold simultaneously."""
        undefined = self.every or self.caveat
        return np.nan if undefined else p_value(self.rows.iloc[0], self.above, self.below)


@dataclass(frozen=True)
class Claim:
    """A sentence and its rules: it holds if all of them hold, and fails if one of them fails."""

    sentence: str
    rules: tuple[Rule, ...]

    def varied(self, times: float) -> "Claim":
        return replace(self, rules=tuple(rule.varied(times) for rule in self.rules))

    @cached_property
    def verdict(self) -> str:
        return min((rule.verdict for rule in self.rules), key=WORST_FIRST.index)

    @cached_property
    def measured(self) -> str:
        return "; ".join(rule.measured for rule in self.rules)

    @cached_property
    def p(self) -> str:
        """The largest p of the rules that decide the verdict."""
        p = pd.Series([rule.p for rule in self.rules if rule.verdict == self.verdict]).max()
        return "" if np.isnan(p) else significant(p)


class Claims:
    """The claims of a page: sentences, each with a quantity and its bounds.

    Args:
        page: its name.
        results: the folders of tables that the page reads. If all are published in this
            repository, `expect` fails where a finding contradicts them; else it marks the finding.
        names: name in the tables -> name in the sentences.
    """

    def __init__(self, page: str, *results: Path | str, names: Mapping[str, str] = TITLES):
        self.page, self.names = page, names
        folders = [(ROOT / folder).resolve() for folder in results]
        own = [folder for folder in folders if not folder.is_relative_to(ROOT / "results")]
        self.published, self.results = not own, [*own, *folders][0]
        self._claims: dict[str, Claim] = {}

    def each(
        self, key: str, sentence: str, frame: pd.DataFrame | pd.Series, **rule: float | str
    ) -> None:
        """Add a claim for each row, or with `every` for all rows that share a key.

        Args:
            key, sentence: with index levels in braces, such as `{network}`, which each row fills.
            frame: of `intervals`, or a Series of numbers, each of which is its own interval; those
                of single networks decide only with `FEWEST` networks.
            rule: arguments of `Rule`, with at least one bound.
        """
        for name, slots, decided in _by_key(key, frame, rule):
            if name in self._claims:
                raise ValueError(f"{name} is decided twice")
            words = sentence.format(**{k: self.names.get(v, v) for k, v in slots.items()})
            self._claims[name] = Claim(words, (decided,))

    def also(self, key: str, frame: pd.DataFrame | pd.Series, **rule: float | str) -> None:
        """Add a rule, with the arguments of `each`, to claims that have a sentence already."""
        for name, _, decided in _by_key(key, frame, rule):
            if name not in self._claims:
                raise ValueError(f"{name} has no sentence: decide it with `each` first")
            claim = self._claims[name]
            self._claims[name] = replace(claim, rules=(*claim.rules, decided))

    def table(self, margin: float = 1) -> pd.DataFrame:
        """All claims: index key; columns sentence, measured, verdict, and its one-sided p.

        Args:
            margin: a factor for bounds that are margins, and for tolerances.
        """
        claims = self._claims
        if margin != 1:
            claims = {key: claim.varied(margin) for key, claim in claims.items()}
        rows = [{name: getattr(claim, name) for name in DECIDED} for claim in claims.values()]
        return pd.DataFrame(rows, pd.Index(claims, dtype=object), pd.Index(DECIDED, name="key"))

    def expect(self, findings: Findings) -> None:
        """Compare the findings of the page with the verdicts, and write the claims as a table.

        Each finding gets a mark, glued as `rests-<finding>`, that lists the claims it rests on.
        The table goes to `book/claims`, or to `claims` in the first folder that is not published.

        Args:
            findings: name of a finding -> expected verdict -> patterns of keys; where two fit, the
                later one counts. A claim of another page is called `<page>/<key>`.

        Raises:
            AssertionError: in the published book; it names all verdicts that differ, patterns
                without a claim, and claims on which no finding rests.
        """
        table = self.table()
        by_verdict = [patterns for finding in findings.values() for patterns in finding.values()]
        patterns = [pattern for several in by_verdict for pattern in several]
        faults = _glue_marks(findings, pd.concat([table, self._other_claims(patterns)]))
        unused = [key for key in table.index if not any(_fits(key, p) for p in patterns)]
        faults += [f"{key} is decided, and no finding rests on it" for key in unused]
        if faults and self.published:
            raise AssertionError("\n".join(faults))
        self._folder.mkdir(parents=True, exist_ok=True)
        table.to_csv(self._folder / f"{self.page}.csv", index_label="key", lineterminator="\n")

    def _other_claims(self, patterns: Iterable[str]) -> pd.DataFrame:
        """The claims of the pages that patterns name, like `table`, with `<page>/` before each key.

        Other files are not read: another process may be writing them.
        """
        named = {pattern.partition("/")[0] for pattern in patterns if "/" in pattern}
        files = [f for f in sorted(self._folder.glob("*.csv")) if f.stem in named]
        parts = [pd.read_csv(f, index_col="key").rename(f"{f.stem}/{{}}".format) for f in files]
        return pd.concat([pd.DataFrame(columns=DECIDED).rename_axis("key"), *parts])

    @property
    def _folder(self) -> Path:
        return PUBLISHED if self.published else self.results / "claims"

    def by_margin(self) -> pd.DataFrame:
        """The claims whose verdict half or twice the margin would change: a column a margin."""
        claims = self._claims.values()
        verdicts = {
            f"margin {x * MARGIN:g}": [claim.varied(x).verdict for claim in claims]
            for x in (0.5, 1, 2)
        }
        table = pd.DataFrame(verdicts, [claim.sentence for claim in claims])
        return table[table.nunique(axis=1) > 1].rename_axis(columns="sentence")


def _by_key(
    key: str, frame: pd.DataFrame | pd.Series, rule: Mapping[str, float | str]
) -> Iterator[tuple[str, dict[str, object], Rule]]:
    """Each key with its slots filled, the fillings by level, and the rule for its rows."""
    if not {"above", "below"} & set(rule):
        raise ValueError(f"{key}: a claim needs a bound: pass above=, below= or both")
    of_networks = isinstance(frame, pd.Series) and NETWORK in frame.index.names
    if isinstance(frame, pd.Series):
        frame = pd.DataFrame({"mean": frame, "low": frame, "high": frame, "n": 1})
    every = rule.get("every")
    levels = [name for name in frame.index.names if not every or f"{{{name}}}" in key]
    for index, rows in frame.groupby(level=levels, sort=False) if levels else [((), frame)]:
        if of_networks and rows.index.unique(NETWORK).size < FEWEST:
            rows = rows.assign(low=np.nan, high=np.nan)
        slots = dict(zip(levels, index, strict=True))
        yield key.format(**slots), slots, Rule(rows, **rule)


def _fits(key: str, pattern: str) -> bool:
    """Whether a pattern names a claim; without the name of a page, a claim of this page."""
    return ("/" in key) == ("/" in pattern) and fnmatch(key, pattern)


def _glue_marks(findings: Findings, table: pd.DataFrame) -> list[str]:
    """Glue a mark for each finding; returns the faults: other verdicts, unknown claims."""
    faults = []
    for finding, by_verdict in findings.items():
        expected = pd.Series(index=table.index, dtype=object)
        for verdict, patterns in by_verdict.items():
            for pattern in patterns:
                fitting = [_fits(key, pattern) for key in table.index]
                expected[fitting] = verdict
                if not any(fitting):
                    faults.append(f"{finding}: no claim is called {pattern}")
        rests = table.assign(expected=expected).dropna(subset="expected")
        wrong = rests[rests.verdict != rests.expected]
        faults += [
            f'{finding}: {key}, "{row.sentence}" is expected: {row.expected}; '
            f"found: {row.verdict} ({row.measured})"
            for key, row in wrong.iterrows()
        ]
        glue(**{f"rests-{finding}": _Mark(rests, wrong)})
    return faults


class _Mark(NamedTuple):
    """A mark at a finding, which opens to a list of the claims that it rests on."""

    rests: pd.DataFrame
    wrong: pd.DataFrame

    def __repr__(self) -> str:
        if len(self.wrong):
            return f"This study finds otherwise: {len(self.wrong)} of {len(self.rests)} claims"
        if not len(self.rests):
            return "This study has not measured what this rests on"
        return f"Rests on {len(self.rests)} claim{'s' * (len(self.rests) > 1)}"

    def _repr_html_(self) -> str:
        kind = "otherwise" if len(self.wrong) or not len(self.rests) else "borne-out"
        rows = "".join(
            f"<li>{row.sentence} <b>{row.verdict}</b> ({row.measured})</li>"
            for row in self.rests[["sentence", "verdict", "measured"]].map(html.escape).itertuples()
        )
        summary = f"<summary>{html.escape(repr(self))}</summary>"
        return f'<details class="rests {kind}">{summary}<ul>{rows}</ul></details>'


def decide(row: pd.Series, above: float = -np.inf, below: float = np.inf) -> str:
    """The verdict on a row of `intervals`: whether the whole interval lies within the bounds."""
    if np.isnan(row.low):
        return TOO_FEW
    above, below = above + EQUAL, below - EQUAL
    if above < row.low and row.high < below:
        return HOLDS
    return FAILS if row.high <= above or row.low >= below else OPEN


def p_value(row: pd.Series, above: float = -np.inf, below: float = np.inf) -> float:
    """The one-sided p value of a verdict of `decide`: below 0.025 unless it is inconclusive.

    By Student's distribution with the degrees of freedom of the interval: `freedom`, or n - 1.
    NaN where there is no interval, and where all networks agree, which is a count.
    """
    half = max(row["mean"] - row.low, row.high - row["mean"])  # one end may have been cut off
    if not half > EQUAL:
        return np.nan
    freedom = row.get("freedom", row.n - 1)
    error = half / special.stdtrit(freedom, 0.975)
    # an equivalence needs both bounds, and crossing one refutes it
    nearest = min(row["mean"] - above, below - row["mean"]) / error
    # the tail directly: 1 minus the rest would have no digits where it is small
    return float(special.stdtr(freedom, -abs(nearest)))


def holm(p: pd.Series) -> pd.Series:
    """p values adjusted for the number of tests (Holm 1979), in their order; NaN stays NaN."""
    ordered = p.dropna().sort_values()
    left = np.arange(len(ordered), 0, -1)
    return (ordered * left).cummax().clip(upper=1).reindex(p.index)


def glue(**values: object) -> None:
    """Store values by name, for the sentences of a page.

    Raises:
        TypeError: a float, whose last digits differ between processors.
    """
    import myst_nb

    for name, value in values.items():
        if isinstance(value, float):
            raise TypeError(f"{name} is a float: glue its text, such as number({name})")
        myst_nb.glue(name, value, display=False)
