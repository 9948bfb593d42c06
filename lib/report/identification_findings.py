"""Does a metric find the same layer in another network? The sentences, in Markdown."""

from __future__ import annotations

import pandas as pd

from .identification import accuracies, hidden, measured, pairs
from .names import METRICS, count, enumerate_words, percent
from .results import Results
from .validity import NOT_MEASURED, PAPER_CELLS, phrase


def statement(results: Results) -> str:
    """For which networks layers were not identified."""
    known = measured(results)
    missing = [name for name in results.experiments if name not in known]
    if not missing:
        return "All pairs of layers of independently trained networks were compared."
    networks = enumerate_words([results.network(name) for name in missing])
    variants = enumerate_words([f"`{name}_independent`" for name in missing])
    return (
        f"**Not measured in this study:** the layers of independently trained networks, of "
        f"{networks}. It takes {variants}, with the analysis *identification*; `make book` "
        "measures it in every profile that has both."
    )


def findings(results: Results) -> str:
    """`finding` for each network that was measured, a paragraph each."""
    return "\n\n".join(finding(results, name) for name in measured(results)) or NOT_MEASURED


def finding(results: Results, experiment: str) -> str:
    """Which of the paper's metrics find more layers than chance, and the extremes of all.

    Among layers of the same size, where those are known; else among all.
    """
    network = results.network(experiment)
    frame = accuracies(results, experiment)
    if frame.empty:
        return f"**{network}.** {NOT_MEASURED}"
    if frame.same_cases.max():
        frame = frame[frame.same_cases > frame.same_cases.max() / 2].filter(like="same_")
        frame, where = frame.rename(columns=lambda name: name.removeprefix("same_")), "of one size"
    else:
        # Where few layers have a value, a metric has an easier task.
        frame, where = frame[frame.candidates > len(hidden(results, experiment)) / 2], "of any size"
    number = count(len(pairs(results, experiment)), "pair")
    head = f"**{network}** ({number} of networks)."
    if frame.empty:
        return f"{head} No metric has a value in enough layers."
    chance = percent(frame.chance.mean(), 0)
    given = f"Among layers {where}, chance finds {chance}"
    return f"{head} {given}{_own(frame)}. {_extremes(frame)}."


def _own(frame: pd.DataFrame) -> str:
    """Which of the paper's metrics have an interval above chance, as the end of a sentence."""
    own = frame[frame.index.isin(PAPER_CELLS)]
    more, rest = own[own.low > own.chance], own[own.low <= own.chance]
    parts = []
    if len(more):
        parts.append(f"{_with_shares(more)} {'finds' if len(more) == 1 else 'find'} more")
    if len(rest):
        verb = "does" if len(rest) == 1 else "do"
        parts.append(f"{_with_shares(rest)} {verb} not{'' if len(more) else ' find more'}")
    return "".join(f"; {part}" for part in parts)


def _with_shares(frame: pd.DataFrame) -> str:
    return enumerate_words(
        [f"{METRICS[metric]} ({percent(row.found, 0)})" for (metric, _), row in frame.iterrows()]
    )


def _extremes(frame: pd.DataFrame) -> str:
    found = frame.found
    if found.nunique() == 1:
        return f"All metrics on all reshapes find {percent(found.iloc[0], 0)}"
    return (
        f"{_named(found, found.max())} most, {percent(found.max(), 0)}; "
        f"{_named(found, found.min())} fewest, {percent(found.min(), 0)}"
    )


def _named(found: pd.Series, value: float) -> str:
    names = [phrase(*cell) for cell in found.index[found == value]]
    if len(names) > 3:
        return f"{len(names)} of {len(found)} combinations of metric and reshape find"
    return enumerate_words(names) + (" finds" if len(names) == 1 else " find")
