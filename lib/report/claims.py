"""Claims: sentences that the tables decide, and sentences of a page that rest on them."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from .. import ROOT
from .tables import EQUAL, MARGIN, TITLES, shown, significant

HOLDS, FAILS, OPEN, TOO_FEW = "holds", "does not hold", "inconclusive", "too few networks"
NARROWLY = "missed narrowly"
WORST_FIRST = [FAILS, TOO_FEW, NARROWLY, OPEN, HOLDS]
PUBLISHED = ROOT / "book" / "claims"
DECIDED = ["sentence", "measured", "verdict", "p"]


@dataclass(frozen=True)
class Rule:
    """Where intervals must lie.

    Args:
        rows: a frame of `intervals`, of one row if `every` is empty.
        above, below: bounds of the whole interval; with both, between the two.
        every: such as `layer`: what the rows are called, which must all lie there.
        unit: of the numbers, such as `points`.
        margins: whether the bounds are margins, which `varied` multiplies.
        least: how far beyond a bound a mean has to be if it is to refute anything.
        reserve: why nothing is decided, wherever the interval lies.
    """

    rows: pd.DataFrame
    above: float = -np.inf
    below: float = np.inf
    every: str = ""
    unit: str = ""
    margins: bool = False
    least: float = 0.0
    reserve: str = ""

    def varied(self, times: float) -> "Rule":
        """The same rule with margins that are so many times as large."""
        bounds = {"above": self.above * times, "below": self.below * times}
        return replace(self, **bounds if self.margins else {}, least=self.least * times)

    @property
    def sides(self) -> list[str]:
        """Where each row lies, as of `side`; missed narrowly if by less than `least`."""

        def of(row: pd.Series) -> str:
            where = side(row, self.above, self.below)
            missed = max(self.above - row["mean"], row["mean"] - self.below)
            if self.reserve and where != TOO_FEW:
                return OPEN
            return NARROWLY if where == FAILS and missed < self.least - 1e-9 else where

        return [of(row) for _, row in self.rows.iterrows()]

    @property
    def verdict(self) -> str:
        return min(self.sides, key=WORST_FIRST.index)

    @property
    def measured(self) -> str:
        if self.every:
            sides = self.sides
            against = f", {sides.count(FAILS)} against" if FAILS in sides else ""
            return f"{sides.count(HOLDS)} of {len(sides)} {self.every}s{against}"
        row = self.rows.iloc[0]
        text = f"{shown(self.rows, 2 if self.unit else 3).iloc[0]} {self.unit}".rstrip()
        text += "" if row.low == row.high else f", n = {row.n:.0f}"
        return ", ".join(filter(None, [text, self.reserve]))

    @property
    def p(self) -> float:
        """As of `p_value`; NaN for `every`, since those intervals hold together as they are."""
        undefined = self.every or self.reserve
        return np.nan if undefined else p_value(self.rows.iloc[0], self.above, self.below)


@dataclass(frozen=True)
class Claim:
    """A sentence and its rules: it holds if all of them do, and one that fails refutes it."""

    sentence: str
    rules: tuple[Rule, ...]

    def varied(self, times: float) -> "Claim":
        return replace(self, rules=tuple(rule.varied(times) for rule in self.rules))

    @property
    def verdict(self) -> str:
        return min((rule.verdict for rule in self.rules), key=WORST_FIRST.index)

    @property
    def measured(self) -> str:
        return "; ".join(rule.measured for rule in self.rules)

    @property
    def p(self) -> str:
        """The largest p of the rules that have this verdict."""
        p = pd.Series([rule.p for rule in self.rules if rule.verdict == self.verdict]).max()
        return "" if np.isnan(p) else significant(p)


class Claims:
    """The claims of a page: a sentence, a quantity, and the side of a bound where it must lie.

    Args:
        page: its name.
        results: the folders that it reads. If all are published in this repository, no
            sentence may contradict them; else one that is not borne out has a mark.
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
        """A claim for each row of a frame of `intervals`, or for all rows that share a key.

        Args:
            key, sentence: with names of the index in braces, which each row fills in.
            frame: or a Series of single numbers, which are decided one by one.
            rule: of `Rule`, at least one bound; rows share a key only with `every`.
        """
        for name, slots, decided in _by_key(key, frame, rule):
            if name in self._claims:
                raise ValueError(f"{name} is decided twice")
            words = sentence.format(**{k: self.names.get(v, v) for k, v in slots.items()})
            self._claims[name] = Claim(words, (decided,))

    def also(self, key: str, frame: pd.DataFrame | pd.Series, **rule: float | str) -> None:
        """One more rule for claims of `each`, for a part of their sentences; as there."""
        for name, _, decided in _by_key(key, frame, rule):
            if name not in self._claims:
                raise ValueError(f"{name} has no sentence: decide it with `each` first")
            claim = self._claims[name]
            self._claims[name] = replace(claim, rules=(*claim.rules, decided))

    def table(self, margin: float = 1) -> pd.DataFrame:
        """All claims: index key; columns sentence, measured, verdict, and p of that, one-sided.

        Bounds that are margins are multiplied by `margin`.
        """
        claims = {key: claim.varied(margin) for key, claim in self._claims.items()}
        rows = [{name: getattr(claim, name) for name in DECIDED} for claim in claims.values()]
        return pd.DataFrame(rows, pd.Index(claims, dtype=object), pd.Index(DECIDED, name="key"))

    def expect(self, findings: Mapping[str, Mapping[str, str]]) -> None:
        """Compare what the sentences of the page say with what the tables decide.

        Each finding gets a mark, glued as `rests-<finding>`, that opens the claims it rests
        on. The claims are written beside the published pages, or beside the study's tables.

        Args:
            findings: name of a finding -> pattern of keys -> verdict. Claims that another
                page has decided begin with its name and a slash.

        Raises:
            AssertionError: in the published book; it names all verdicts that are other ones,
                patterns that no key fits, and claims that no finding expects.
        """
        table = self.table()
        faults = _glue_marks(findings, pd.concat([table, self.elsewhere()]))
        patterns = [pattern for verdicts in findings.values() for pattern in verdicts]
        unused = [key for key in table.index if not any(_fits(key, p) for p in patterns)]
        faults += [f"{key} is decided, and no finding rests on it" for key in unused]
        if faults and self.published:
            raise AssertionError("\n".join(faults))
        self._folder.mkdir(parents=True, exist_ok=True)
        table.to_csv(self._folder / f"{self.page}.csv", index_label="key", lineterminator="\n")

    def elsewhere(self, *patterns: str) -> pd.DataFrame:
        """What other pages have decided, as of `table`, with `page/` before each key.

        Keys that fit patterns, in the order of these; all, if there are none.
        """
        files = [f for f in sorted(self._folder.glob("*.csv")) if f.stem != self.page]
        parts = [pd.read_csv(f, index_col="key").rename(f"{f.stem}/{{}}".format) for f in files]
        table = pd.concat([pd.DataFrame(columns=DECIDED).rename_axis("key"), *parts])
        keys = [key for p in patterns for key in table.index if _fits(key, p)]
        return table.loc[list(dict.fromkeys(keys))] if patterns else table

    @property
    def _folder(self) -> Path:
        return PUBLISHED if self.published else self.results / "claims"

    def by_margin(self) -> pd.DataFrame:
        """The claims that half the margin, or twice of it, would decide otherwise: verdicts."""
        verdicts = {f"margin {x * MARGIN:g}": self.table(x).verdict for x in (0.5, 1, 2)}
        sentences = [claim.sentence for claim in self._claims.values()]
        table = pd.DataFrame(verdicts).set_axis(sentences).rename_axis(columns="sentence")
        return table[table.nunique(axis=1) > 1]


def _by_key(
    key: str, frame: pd.DataFrame | pd.Series, rule: Mapping[str, float | str]
) -> Iterator[tuple[str, dict[str, object], Rule]]:
    """The keys that rows fill in, with what is filled in, and the rule for the rows of each."""
    if not {"above", "below"} & set(rule):
        raise ValueError(f"{key}: a claim needs a bound, above or below")
    if isinstance(frame, pd.Series):
        frame = pd.DataFrame({"mean": frame, "low": frame, "high": frame, "n": 1})
    every = rule.get("every")
    levels = [name for name in frame.index.names if not every or f"{{{name}}}" in key]
    for index, rows in frame.groupby(level=levels, sort=False) if levels else [((), frame)]:
        slots = dict(zip(levels, index, strict=True))
        yield key.format(**slots), slots, Rule(rows, **rule)


def _fits(key: str, pattern: str) -> bool:
    """Whether a pattern names a claim; one without the name of a page is on claims of its own."""
    return ("/" in key) == ("/" in pattern) and fnmatch(key, pattern)


def _glue_marks(findings: Mapping[str, Mapping[str, str]], table: pd.DataFrame) -> list[str]:
    """Glue a mark for each finding; gives what is not as the findings say."""
    faults = []
    for finding, verdicts in findings.items():
        wanted = {}
        for pattern, verdict in verdicts.items():
            fitting = [key for key in table.index if _fits(key, pattern)]
            wanted |= dict.fromkeys(fitting, verdict)
            if not fitting:
                faults.append(f"{finding}: no claim is called {pattern}")
        rests = table.loc[list(wanted)].assign(expected=list(wanted.values()))
        wrong = rests[rests.verdict != rests.expected]
        faults += [
            f'{finding}: {key}, "{row.sentence}" is expected: {row.expected}; '
            f"found: {row.verdict} ({row.measured})"
            for key, row in wrong.iterrows()
        ]
        glue(**{f"rests-{finding}": _Mark(rests, wrong)})
    return faults


class _Mark(NamedTuple):
    """A mark beside a finding, which opens what the finding rests on."""

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
            f"<li>{html.escape(row.sentence)} <b>{row.verdict}</b> ({row.measured})</li>"
            for row in self.rests.itertuples()
        )
        summary = f"<summary>{html.escape(repr(self))}</summary>"
        return f'<details class="rests {kind}">{summary}<ul>{rows}</ul></details>'


def side(row: pd.Series, above: float = -np.inf, below: float = np.inf) -> str:
    """Where an interval, a row of `intervals`, lies; equal numbers of networks are a point."""
    if np.isnan(row.low):
        return TOO_FEW
    above, below = above + EQUAL, below - EQUAL
    if above < row.low and row.high < below:
        return HOLDS
    return FAILS if row.high <= above or row.low >= below else OPEN


def p_value(row: pd.Series, above: float = -np.inf, below: float = np.inf) -> float:
    """The one-sided p value of what `side` decides: below 0.025 where it decides anything.

    NaN where there is no interval, and where networks agree: that is a count.
    """
    half = max(row["mean"] - row.low, row.high - row["mean"])  # one end may have been cut off
    if not half > EQUAL:
        return np.nan
    error = half / special.stdtrit(row.n - 1, 0.975)
    # both sides of an equivalence have to hold; one that is crossed refutes it
    nearest = min(row["mean"] - above, below - row["mean"]) / error
    # the tail by itself: as 1 minus the rest it would have no digits where it is small
    return float(special.stdtr(row.n - 1, -abs(nearest)))


def holm(p: pd.Series) -> pd.Series:
    """p values adjusted for their number (Holm 1979), in their order; NaN stays NaN."""
    ordered = p.dropna().sort_values()
    left = np.arange(len(ordered), 0, -1)
    return (ordered * left).cummax().clip(upper=1).reindex(p.index)


def glue(**values: object) -> None:
    """Keep values under their names, for the sentences of a page.

    Raises:
        TypeError: a float, whose last digits differ between processors.
    """
    import myst_nb

    for name, value in values.items():
        if isinstance(value, float):
            raise TypeError(f"{name} is a float: glue its text, such as number({name})")
        myst_nb.glue(name, value, display=False)
