"""What follows from a comparison of two networks: fixed sentences, chosen by rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ...book.report.format import number, percent, plain
from ...book.report.names import METRICS
from ...compare.trace import Call
from ..labels import BY_CHANCE, CLEARLY_BETTER, TRUSTED, best_order
from .analysis import LayerTables, Networks, way_from_null
from .answers import Answers

SAME_ANSWERS = 0.99
"""Networks that give so many images the same class answer alike."""
CHANGED_BELOW = 0.9
"""A layer that is nearer to shuffled images than this share of the way has changed."""
DISAGREE = 0.3
"""Metrics whose ways differ by more disagree."""
NARROWER = 0.8
"""A layer of B that uses less than this share of A's directions may be narrower."""
UNRELATED_ABOVE = 0.05
NAMED_AT_MOST = 4
"""So many layers are named."""

_SENTENCES = {
    "fresh": "**{name} is not trained.** Give {name}_WEIGHTS to compare trained networks.",
    "incomparable": "**Their answers cannot be compared**, since they do not have the same number "
    "of classes. Judge by the layers.",
    "one class": "**Both give one class to all images**, so their answers say little. Take images "
    "of several of their classes, normalised as the networks expect.",
    "alike": "**They answer alike**, with the same class for {agree} of the images. What differs "
    "in the layers hardly reaches the answer.",
    "different": "**They answer differently** for {differ} of the images. Look at those before one "
    "replaces the other.",
    "by chance": "**The folders are not taken for the classes.** In the order `{order}`, A is "
    "right on {a} of the images and B on {b}; one and the same answer would be on {chance}.",
    "other order": "**Are the folders in the order of the network's classes?** In the order "
    '`{order}`, A is right on {a} of the images. With `CLASSES="{better}"` it would be on {best}.',
    "better": "**{better} is the more accurate one.** It alone is right on {most} images, {worse} "
    "alone on {least}.",
    "as accurate": "**Neither is shown to be more accurate.** Of {images} images, {only} are those "
    "on which only one is right. To tell smaller differences, take more images.",
    "unchanged": "**No layer has changed much.** The least similar one, {least}, is {way} of the "
    "way from shuffled images to equality.",
    "changed": "**They part at {first}** and differ most in {least}, which is only {way} of the "
    "way from shuffled images to equality. If B has to come closer to A, begin there: change those "
    "layers less, or train them longer.",
    "nothing in common": "**Nothing in common is found** in {layers}, by {metrics}: no more than "
    "shuffled images have. Take more images, or call these layers unrelated.",
    "disagree": "**The metrics disagree**, most in {layer}. Of the way from shuffled images to "
    "equality, {high} finds {most} there, {low} {least}. Two things differ: CKA and NBS take whole "
    "maps as rows, and follow the directions with most variance; SVCCA and PWCCA take every "
    "position as a row, and count weak directions as much as strong ones. Report one of each kind, "
    "and say what its rows were.",
    "dead": "**B has more dead channels than A**, {dead} more, in {layers}. For such images they "
    "can be removed, if their constant output is added to the next bias.",
    "narrow": "**B uses fewer directions than A** in {layers}, and fewer than it has channels. "
    "Narrower layers might do.",
    "closest": "**The closest layers are {x} of A and {y} of B.** CKA is {value} there, {way} of "
    "the way from shuffled images to equality. To compare other layers, set LAYERS.",
    "alone": "**No layer of B is like {x} of A**: the closest one has no more in common with it "
    "than shuffled images have. Take more images, or call it unrelated.",
    "furthest": "**{x} of A is furthest from all layers of B.** The closest one, {y}, is {way} of "
    "the way.",
    "not computed": "**{metric} could not be computed** in {layers}. The first of these: {note}.",
}
"""Verdict -> its sentence."""


def _said(verdict: str, **slots: object) -> str:
    """The sentence of a verdict, with its numbers and names."""
    return _SENTENCES[verdict].format(**slots)


def first_few(layers: Iterable[object]) -> str:
    """The names of the first few layers, then dots if there are more."""
    names = [plain(str(layer)) for layer in dict.fromkeys(layers)]
    return ", ".join(names[:NAMED_AT_MOST]) + (", …" if len(names) > NAMED_AT_MOST else "")


def about_networks(networks: Networks) -> Iterator[str]:
    """Which of them are not trained."""
    for name, network in networks.items():
        if network.fresh:
            yield _said("fresh", name=name)


def about_answers(answers: Answers) -> Iterator[str]:
    """Whether they answer alike, and which is right more often."""
    if not answers.comparable:
        yield _said("incomparable")
        return
    classes = {number for given in answers.given.values() for number in given.tolist()}
    if len(classes) == 1:
        yield _said("one class")
    elif answers.agreement >= SAME_ANSWERS:
        yield _said("alike", agree=percent(answers.agreement, 1))
    else:
        yield _said("different", differ=percent(1 - answers.agreement, 1))
    yield from about_labels(answers)
    if answers.verdict == TRUSTED:
        yield about_accuracy(answers)


def about_labels(answers: Answers) -> Iterator[str]:
    """Whether the folders can be taken for classes, and in this order."""
    if answers.verdict not in (BY_CHANCE, TRUSTED):
        return
    labels = answers.labels
    order = plain(" ".join(labels.classes))
    a, b = (labels.accuracy(given) for given in answers.given.values())
    if answers.verdict == BY_CHANCE:
        shares = {"a": percent(a, 1), "b": percent(b, 1), "chance": percent(labels.chance, 1)}
        yield _said("by chance", order=order, **shares)
    better, best = best_order(labels, answers.given["A"])
    if best > a + CLEARLY_BETTER:
        yield _said(
            "other order", order=order, a=percent(a, 1), better=better, best=percent(best, 1)
        )


def about_accuracy(answers: Answers) -> str:
    """Which one is right more often, by McNemar's test."""
    a, b = answers.right("A"), answers.right("B")
    only = {"A": int((a & ~b).sum()), "B": int((b & ~a).sum())}
    if abs(only["A"] - only["B"]) <= 2 * sum(only.values()) ** 0.5:
        return _said("as accurate", only=sum(only.values()), images=f"{len(a):,}")
    better, worse = sorted(only, key=only.__getitem__, reverse=True)
    return _said("better", better=better, worse=worse, most=only[better], least=only[worse])


def about_layers(layers: LayerTables) -> Iterator[str]:
    """Where layers and their counterparts part, and whether the metrics agree on that."""
    mean = layers.above.mean(axis=1).dropna()
    changed = mean[mean < CHANGED_BELOW]
    if len(mean):
        slots = {"least": first_few([mean.idxmin()]), "way": percent(mean.min())}
        if len(changed):
            yield _said("changed", first=first_few(changed.index[:1]), **slots)
        else:
            yield _said("unchanged", **slots)
    unrelated: dict[tuple, list[str]] = {}
    for metric, rows in layers.by_metric.items():
        where = tuple(rows.index[rows.p_value > UNRELATED_ABOVE])
        unrelated.setdefault(where, []).append(METRICS[metric])
    for where, metrics in unrelated.items():
        if where:
            yield _said("nothing in common", layers=first_few(where), metrics=", ".join(metrics))
    spread = (layers.above.max(axis=1) - layers.above.min(axis=1)).dropna()
    if len(spread) and spread.max() > DISAGREE:
        ways = layers.above.loc[spread.idxmax()]
        yield _said(
            "disagree",
            layer=first_few([spread.idxmax()]),
            high=METRICS[ways.idxmax()],
            most=percent(ways.max()),
            low=METRICS[ways.idxmin()],
            least=percent(ways.min()),
        )


def about_channels(sizes: pd.DataFrame, calls: Mapping[str, Call]) -> Iterator[str]:
    """Which channels and directions of B the images do not use.

    Args:
        sizes: of `LayerTables`.
        calls: of B.
    """
    output = [name for name, call in calls.items() if call.leaf][-1:]
    hidden = sizes.drop(output, errors="ignore")
    more = hidden.index[(hidden.dead_y > hidden.dead_x) & (hidden.rank_y > 0)]
    if len(more):
        dead = int((hidden.dead_y - hidden.dead_x)[more].sum())
        yield _said("dead", dead=dead, layers=first_few(more))
    channels = {
        name: call.output.shape[-1 if call.channels == "last" else 1]
        for name, call in calls.items()
        if call.output.ndim > 1
    }
    width = pd.Series(channels).reindex(hidden.index)  # a narrower layer may use all that it has
    narrow = hidden.index[hidden.rank_y < NARROWER * np.fmin(hidden.rank_x, width)]
    if len(narrow):
        yield _said("narrow", layers=first_few(narrow))


def about_pairs(every: pd.DataFrame) -> Iterator[str]:
    """Which layers are the closest, and which is furthest from all of the other network."""
    ways = every.assign(way=way_from_null(every))
    rows = ways.dropna(subset="way").groupby("layer_x", sort=False).way.idxmax()
    if not len(rows):
        return
    best = ways.loc[rows].set_index("layer_x")
    closest, least = best.way.idxmax(), best.way.idxmin()
    yield _said(
        "closest",
        x=first_few([closest]),
        y=first_few([best.layer_y[closest]]),
        value=number(best.value[closest]),
        way=percent(best.way[closest]),
    )
    if best.p_value[least] > UNRELATED_ABOVE:
        yield _said("alone", x=first_few([least]))
    elif best.way[least] < CHANGED_BELOW:
        way = percent(best.way[least])
        yield _said("furthest", x=first_few([least]), y=first_few([best.layer_y[least]]), way=way)


def about_missing(rows: pd.DataFrame) -> Iterator[str]:
    """Which metrics have no value somewhere, and the first reason."""
    for metric, missing in rows[rows.value.isna()].groupby("metric", sort=False):
        note = plain(missing.note.iloc[0])
        yield _said(
            "not computed", metric=METRICS[metric], layers=first_few(missing.layer_x), note=note
        )


def conclude(
    networks: Networks, answers: Answers, layers: LayerTables, calls: Mapping[str, Call]
) -> Sequence[str]:
    """What follows from a comparison, a sentence or a few for each point.

    Args:
        calls: of B, as of `trace_network`.
    """
    points = [*about_networks(networks), *about_answers(answers)]
    if layers.counterparts:
        points += [*about_layers(layers), *about_channels(layers.sizes, calls)]
        return [*points, *about_missing(layers.same)]
    return [*points, *about_pairs(layers.every), *about_missing(layers.every)]
