"""Robustness of the reading: what moves, how far, and whether the conclusions stand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .layerwise import rounded
from .names import count, enumerate_words, percent
from .robustness_axes import AXES
from .robustness_conclusions import HALF, Quantity, contrast, u
from .robustness_figures import ABSENT
from .robustness_readings import Reading, Readings
from .style import VISIBLE
from .tables import Table

RUN = "`make study PROFILE=laptop`"


def measured(readings: Readings) -> dict[str, list[str]]:
    """axis -> experiments of the paper for which it was measured, none left out."""
    return {
        axis: [name for name in readings.results.experiments if readings.of(axis, name)]
        for axis in AXES
    }


def statement(readings: Readings) -> str:
    """What was read again, and what was not, in short sentences of Markdown."""
    found = measured(readings)
    if not any(found.values()):
        return (
            f"**Not measured in this study.** {RUN} trains the networks, keeps them, and reads "
            "them in all the ways of this page."
        )
    lines = [f"- {_read(readings, name)}" for name in readings.results.experiments]
    missing = [
        f"- {readings.results.network(name)}: {_listed(axes)}."
        for name in readings.results.experiments
        if (axes := [AXES[axis].about for axis in AXES if name not in found[axis]])
        and len(axes) < len(AXES)
    ]
    if missing:
        lines += ["", f"**Not measured in this study** ({RUN} measures it):", "", *missing]
    return "\n".join(["**Networks that were read again:**", "", *lines])


def _read(readings: Readings, experiment: str) -> str:
    rows = readings.results.robustness[readings.results.robustness.experiment == experiment]
    network = readings.results.network(experiment)
    if rows.empty:
        return f"{network}: none."
    runs = len(rows[["train_seed", "prune_seed"]].drop_duplicates())
    times = [str(iteration) for iteration in sorted(rows.iteration.unique())]
    noun = "iteration" if len(times) == 1 else "iterations"
    return f"{network}: {count(runs, 'pruning run')}, after {noun} {enumerate_words(times)}."


def _listed(titles: Sequence[str]) -> str:
    return enumerate_words([title[0].lower() + title[1:] for title in titles])


def rule() -> str:
    """When the answers count a "U" or a contrast, and when they call it kept."""
    return (
        f'A "U" or a difference counts if it is at least {VISIBLE:g} in the base. It remains if '
        f"every other setting has at least {percent(HALF)} of it, with the same sign."
    )


def answers(readings: Readings) -> str:
    """`answer` for each axis, one paragraph each; one sentence where nothing was measured."""
    if not any(measured(readings).values()):
        return ABSENT
    return "\n\n".join(answer(readings, axis) for axis in AXES)


def answer(readings: Readings, axis: str) -> str:
    """How far the reading moves along an axis, beside pruning and chance, and what remains."""
    found = readings.of(axis)
    head = f"**{AXES[axis].about}.**"
    if not found:
        return f"{head} {ABSENT}"
    sentences = [
        _largest(max(found, key=lambda each: abs(each.largest[2]))),
        *_mean(readings, max(found, key=lambda each: each.mean[1])),
        _remains(
            'The "U" keeps at least half of its depth',
            [u(each) for each in found],
            'No reading has a "U" that one would see.',
            "reading",
        ),
        _remains(
            "CKA minus SVCCA keeps its sign and at least half of its size",
            [
                each
                for name in readings.results.experiments
                if (each := contrast(readings, axis, name))
            ],
            "CKA minus SVCCA is too small to be seen, or was not measured.",
            "network",
        ),
    ]
    return " ".join([head, *sentences])


def _largest(reading: Reading) -> str:
    say = AXES[reading.axis].say
    setting, layer, change = reading.largest
    base = reading.values.loc[reading.base, layer]
    if round(abs(change), 2) == 0:
        return "A layer's value changes by 0.00 at most."
    return (
        f"A layer's value changes by {abs(change):.2f} at most: {reading.name} at {layer}, "
        f"{_plain(base)} with {say(reading.base)}, {_plain(base + change)} with {say(setting)}."
    )


def _mean(readings: Readings, reading: Reading) -> list[str]:
    setting, size = reading.mean
    sentences = [
        f"Averaged over the hidden layers, the largest change is {size:.2f} ({reading.name}, "
        f"{AXES[reading.axis].say(setting)})."
    ]
    beside = []
    if pd.notna(reading.pruning):
        first, last = reading.iterations
        beside.append(
            f"pruning changes the same reading by {reading.pruning:.2f} from iteration {first} to "
            f"{last}"
        )
    spread = readings.draws(reading)
    if reading.axis != "draw" and pd.notna(spread):
        beside.append(f"another draw of images by {spread:.2f} at most")
    if beside:
        sentences.append(f"For comparison: {enumerate_words(beside)}.")
    return sentences


def _remains(claim: str, found: list[Quantity], nothing: str, noun: str) -> str:
    there = [each for each in found if each.there]
    lost = [each.name for each in there if not each.remains]
    if not there:
        return nothing
    if not lost:
        number = "" if len(there) == 1 else f"all {len(there)} "
        only = "the one" if len(there) == 1 else f"{noun}s"
        return f"{claim} in {number}{only} where it can be seen."
    return (
        f"{claim} in {len(there) - len(lost)} of {count(len(there), noun)}, "
        f"not in {enumerate_words(lost)}."
    )


def result(readings: Readings, axis: str) -> str:
    """For each network one sentence: how each metric moves from one end of the axis to the other.

    Empty where the axis was not measured at all.
    """
    by_network = {name: readings.of(axis, name) for name in readings.results.experiments}
    if not any(by_network.values()):
        return ""
    lines = []
    for name, found in by_network.items():
        text = _ends(found) if found else ABSENT
        if axis == "draw" and found and _whole_split(readings, name):
            text += " The probe is the whole split here, so every draw has the same images."
        lines.append(f"- **{readings.results.network(name)}.** {text}")
    return "\n".join(lines)


def _whole_split(readings: Readings, experiment: str) -> bool:
    setting = readings.results.settings(experiment)
    return setting["probe_images"] >= setting[f"{setting['probe_split']}_images"]


def _ends(found: list[Reading]) -> str:
    axis = AXES[found[0].axis]
    if found[0].axis == "draw":
        ranges = [
            f"{each.title} {rounded(means.max() - means.min())}"
            for each in found
            for means in [each.common.mean(axis=1)]
        ]
        number = count(max(len(each.values) for each in found), "draw")
        return (
            f"Between the highest and the lowest of {number}, the mean over the hidden layers "
            f"differs by: {enumerate_words(ranges)}."
        )
    ends: dict[tuple[str, str], list[str]] = {}
    for each in found:
        means = each.common.mean(axis=1)
        change = f"{each.title} {_signed(means.iloc[-1] - means.iloc[0])}"
        ends.setdefault((means.index[0], means.index[-1]), []).append(change)
    changes = [
        f"from {axis.say(first)} to {axis.say(last)}, {enumerate_words(moved)}"
        for (first, last), moved in ends.items()
    ]
    text = f"The mean over the hidden layers changes by: {'; '.join(changes)}."
    for each in found:
        nulls = each.nulls.dropna()
        if len(nulls) > 1 and _plain(nulls.iloc[0]) != _plain(nulls.iloc[-1]):
            text += (
                f" The null of {each.title} goes from {_plain(nulls.iloc[0])} to "
                f"{_plain(nulls.iloc[-1])}."
            )
    return text


def overview(readings: Readings, axis: str) -> Table:
    """Each reading: mean over the hidden layers by setting, changes, and what they compare with."""
    found = readings.of(axis)
    settings = sorted({name for each in found for name in each.values.index}, key=AXES[axis].place)
    rows = []
    for each in found:
        means = each.common.mean(axis=1)
        setting, layer, change = each.largest
        rows.append(
            (
                f"{each.network}, {each.title}",
                *(_plain(means.get(name)) for name in settings),
                f"{each.mean[1]:.2f}",
                _signed(change),
                f"{layer}, {AXES[axis].say(setting)}",
                rounded(each.pruning),
                rounded(readings.draws(each)),
            )
        )
    columns = tuple(AXES[axis].say(name) for name in settings)
    numeric = (*columns, "Mean change", "Largest", "Pruning", "Draws")
    header = ("Reading", *columns, "Mean change", "Largest", "Where", "Pruning", "Draws")
    return Table(header, rows, numeric=numeric, nothing=ABSENT)


def conclusions(readings: Readings) -> Table:
    """The "U" of SVCCA and of CKA, and CKA minus SVCCA, at the base and in the other settings."""
    rows = []
    for axis, experiments in measured(readings).items():
        for name in experiments:
            svcca, cka = (
                u(each) if (each := readings.on_paper_reshape(axis, name, metric)) else None
                for metric in ("svcca", "cka")
            )
            apart = contrast(readings, axis, name)
            cells = [_span(each) for each in (svcca, cka, apart)]
            rows.append((f"{AXES[axis].about}, {readings.results.network(name)}", *cells))
    header = ("Varied", '"U" of SVCCA', '"U" of CKA', "CKA \u2212 SVCCA")
    return Table(header, rows, numeric=header[1:], nothing=ABSENT)


def _span(quantity: Quantity | None) -> str:
    """The base, and in brackets the lowest and the highest of the other settings."""
    if quantity is None or quantity.base not in quantity.values:
        return "-"
    others = quantity.values.drop(quantity.base)
    base = _plain(quantity.values[quantity.base])
    return f"{base} ({_plain(others.min())} to {_plain(others.max())})"


def _plain(value: float | None) -> str:
    """Two decimals; what rounds to 0 has no sign."""
    text = "-" if pd.isna(value) else f"{round(value, 2) + 0:.2f}"
    return text.replace("-", "\u2212") if len(text) > 1 else text


def _signed(value: float) -> str:
    text = f"{round(value, 2) + 0:+.2f}" if pd.notna(value) and round(value, 2) else _plain(value)
    return text.replace("-", "\u2212") if len(text) > 1 else text
