"""What follows from damage to a network: fixed sentences, chosen by rules."""

from collections.abc import Iterable, Iterator

import pandas as pd

from ...book.report.format import percent, plain
from ...book.report.names import metric_titles
from ..labels import BY_CHANCE, CLEARLY_BETTER, TRUSTED, best_order
from ..validity.rule import COSTS, FALSE_ALARMS
from .analysis import Baseline
from .notice import DAMAGE_TITLES, Notice, still_learning

HARM = {
    True: "it costs a point of accuracy on these images",
    False: f"the network gives another class to {percent(COSTS, 0)} of these images",
}
"""Whether there are labels -> what harm is."""

_SENTENCES = {
    "how sure": "**How sure is that?** There are {changes} harmless changes to compare with. "
    "Another one would be taken for damage in {level} of all cases, if it were like these.",
    "few changes": "**How sure is that?** There are only {changes} harmless changes to compare "
    "with. Another one would be taken for damage in {level} of all cases, if it were like these. "
    "Give {versions} versions for {wanted}.",
    "by chance": "**The folders are not taken for the classes.** In the order `{order}`, the "
    "undamaged network is right on {accuracy} of the images; one and the same answer would be on "
    "{chance}. What follows is about its own answers instead.",
    "other order": "**Are the folders in the order of the network's classes?** In the order "
    '`{order}`, it is right on {accuracy} of the images; with `CLASSES="{better}"`, on {best}.',
    "unknown harm": "**What does harm is not known**, since the network's answers are no classes.",
    "no harm": "**No damage of these sizes does harm**: of none can it be said that {harm}.",
    "trust none": "**Trust no metric to warn you here.** None notices any damage by the time "
    "{harm}.",
    "take": "**Take {cells}.** Kinds of damage noticed by the time {harm}: {most} of {kinds}. "
    "Noticed though they do no harm: {false} of {rest}.",
    "not": "**Not {cells}.** Noticed in time: {least} of {kinds}.",
    "missed": "**No metric notices in time:** {kinds}.",
    "still learning": "**The network was still learning.** The first changes are larger than the "
    "last (p = {p}), and hide damage. Begin with a later version.",
}
"""Verdict -> its sentence."""


def _said(verdict: str, **slots: object) -> str:
    """The sentence of a verdict, with its numbers and names."""
    return _SENTENCES[verdict].format(**slots)


def cell_names(cells: Iterable[tuple[str, str]]) -> str:
    """Metrics by matrix: `CKA, NBS on *channels*; CKA on *flat*`."""
    titles = metric_titles()
    by_matrix: dict[str, list[str]] = {}
    for metric, reshape in cells:
        by_matrix.setdefault(reshape, []).append(titles[metric])
    return "; ".join(f"{', '.join(names)} on *{reshape}*" for reshape, names in by_matrix.items())


def about_changes(judged: Notice) -> str:
    """How often a harmless change would be taken for damage."""
    slots = {"changes": judged.changes, "level": percent(judged.level, 0)}
    if judged.level <= FALSE_ALARMS:
        return _said("how sure", **slots)
    versions = round(1 / FALSE_ALARMS) + 1
    return _said("few changes", versions=versions, wanted=percent(FALSE_ALARMS, 0), **slots)


def about_baseline(baseline: Baseline) -> Iterator[str]:
    """Whether the folders can be taken for classes, and in this order."""
    if baseline.verdict not in (BY_CHANCE, TRUSTED):
        return
    labels = baseline.labels
    accuracy = labels.accuracy(baseline.answers)
    slots = {"order": plain(" ".join(labels.classes)), "accuracy": percent(accuracy, 1)}
    if baseline.verdict == BY_CHANCE:
        yield _said("by chance", chance=percent(labels.chance, 1), **slots)
    better, best = best_order(labels, baseline.answers)
    if best > accuracy + CLEARLY_BETTER:
        yield _said("other order", better=better, best=percent(best, 1), **slots)


def about_metrics(judged: Notice, labelled: bool) -> Iterator[str]:
    """Which metrics to take, and which not.

    Args:
        labelled: whether labels decide what is right.
    """
    harm, kinds, tally = HARM[labelled], len(judged.harmful), judged.tally
    if not judged.known:
        yield _said("unknown harm")
    elif not kinds:
        yield _said("no harm", harm=harm)
    elif tally.empty or not tally.in_time.max():
        yield _said("trust none", harm=harm)
    else:
        most, least = tally.in_time.max(), tally.in_time.min()
        best = tally[tally.in_time == most]
        best = best[best.for_nothing == best.for_nothing.min()]
        rest = len(judged.smallest.columns) - kinds
        counts = {"most": most, "kinds": kinds, "rest": rest, "false": best.for_nothing.iloc[0]}
        yield _said("take", cells=cell_names(best.index), harm=harm, **counts)
        if least < most:
            worst = tally.index[tally.in_time == least]
            yield _said("not", cells=cell_names(worst), kinds=kinds, least=least)
        missed = [DAMAGE_TITLES[name] for name in judged.harmful if not judged.in_time[name].any()]
        if missed:
            yield _said("missed", kinds=", ".join(missed))


def advise(judged: Notice, baseline: Baseline, harmless: pd.DataFrame) -> list[str]:
    """What follows from the damage, a sentence or a few for each point.

    Args:
        harmless: of `measure_harmless`.
    """
    points = [about_changes(judged), *about_baseline(baseline)]
    points += about_metrics(judged, baseline.labelled)
    p_value = still_learning(harmless)
    if p_value <= FALSE_ALARMS:
        points.append(_said("still learning", p=f"{p_value:.1g}"))
    return points
