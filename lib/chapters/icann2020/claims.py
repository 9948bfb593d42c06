"""The claims of the ICANN 2020 paper as rules.

Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to Find
Well-Generalizing, High-Entropy Sharp Minima". Only its abstract is open to us.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from ...claims.engine import Claim, Missing, Rule, declare
from ...claims.readings import Reading
from ...claims.vocabulary import END, KEY, POINTS, Term, gain, rule, series
from ...report.results import Results

PAGE = "icann2020"

NETWORKS = {"lenet5": "LeNet-5", "resnet32": "ResNet-32"}

WAYS = {
    "": "gradually",
    "_one_shot": "at once",
    "_one_shot_long": "at once, trained as long",
}
"""suffix of the experiment -> how the weights went; all to the same sparsity in the end."""

RADIUS = 0.1
"""How far along random directions the loss is compared, relative to the length of each filter."""


def last_of(table: pd.DataFrame, results: Results, experiment: str, what: str) -> pd.DataFrame:
    """The rows of one experiment's most pruned networks.

    Raises:
        Missing: these results hold no such rows.
    """
    if experiment not in results.provenance["experiments"]:
        raise Missing(f"no experiment {experiment}")
    rows = table[(table.experiment == experiment) & (table.iteration > 0)]
    if rows.empty:
        raise Missing(f"{experiment} has no {what}")
    return rows[rows.iteration == rows.iteration.max()]


def _per_run(rows: pd.DataFrame, column: str) -> pd.Series:
    means = rows.groupby(KEY)[column].mean()
    return series({(int(t), int(p)): float(value) for (t, p), value in means.items()})


def curvature(experiment: str) -> Term:
    """Decimal logarithm of the Hessian's largest eigenvalue after the last iteration."""

    def measure(results: Results) -> pd.Series:
        rows = last_of(results.landscape, results, experiment, "landscape")
        rows = rows[(rows.quantity == "eigenvalue") & (rows.number == 0)]
        return np.log10(_per_run(rows, "value").clip(lower=1e-12))

    return Term("the logarithm of the largest eigenvalue of the Hessian", measure)


def increase(experiment: str) -> Term:
    """How much the loss rises along random filter-normalised directions."""

    def measure(results: Results) -> pd.Series:
        rows = last_of(results.landscape, results, experiment, "landscape")
        rows = rows[(rows.quantity == "increase") & np.isclose(rows.radius, RADIUS)]
        if rows.empty:
            raise Missing(f"{experiment} has no loss at the radius {RADIUS:g}")
        return _per_run(rows, "value")

    return Term(f"the increase of the loss at the radius {RADIUS:g}", measure)


def per_neuron(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Mean over all neurons of each run of what the table of potentials has for layers."""
    sums = rows.assign(sum=values * rows.neurons).groupby(KEY)[["sum", "neurons"]].sum()
    return sums["sum"] / sums.neurons


def millibits(rows: pd.DataFrame) -> pd.Series:
    """What the sign of a neuron of each layer says about the class, in thousandths of a bit."""
    return 1000 * (rows.mixed - rows.entropy)


def _of_neurons(
    words: str, of_rows: Callable[[pd.DataFrame], pd.Series], experiment: str, complete: bool
) -> Term:
    def measure(results: Results) -> pd.Series:
        rows = last_of(results.potentials, results, experiment, "potentials")
        if complete:
            rows = results.potentials
            rows = rows[(rows.experiment == experiment) & (rows.iteration == 0)]
        means = per_neuron(rows, of_rows(rows))
        return series({(int(t), int(p)): float(value) for (t, p), value in means.items()})

    return Term(words, measure)


def entropy(experiment: str, *, complete: bool = False) -> Term:
    """PSP-entropy, mean over all neurons and classes.

    Args:
        experiment: its name.
        complete: of the complete network in the place of the pruned one.
    """
    words = "the mean PSP-entropy of all neurons"
    return _of_neurons(words, lambda rows: rows.entropy, experiment, complete)


def information(experiment: str, *, complete: bool = False) -> Term:
    """What the sign of a neuron says about the class, in millibits, mean over all neurons.

    How far PSP-entropy lies below its null: what it would be if neurons knew no classes.

    Args:
        experiment: its name.
        complete: of the complete network in the place of the pruned one.
    """
    words = "the mean information of all neurons about the class"
    return _of_neurons(words, millibits, experiment, complete)


def _of_network(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    at_once, long = (f"{network}{suffix}" for suffix in list(WAYS)[1:])
    found = {}
    for key, other, words in (
        ("", at_once, "at once"),
        ("-long", long, "at once and trained as long"),
    ):
        found |= {
            f"{PAGE}-better{key}-{network}": (
                f"{name} pruned gradually is more accurate than pruned {words}.",
                rule(
                    gain(network, END).of("pruned gradually") - gain(other, END).of(words),
                    above=0,
                    unit=POINTS,
                ),
            ),
            f"{PAGE}-sharper{key}-{network}": (
                f"{name} pruned gradually lies in a sharper minimum than pruned {words}.",
                rule(
                    curvature(network).of("pruned gradually") - curvature(other).of(words), above=0
                ),
            ),
            f"{PAGE}-steeper{key}-{network}": (
                f"Around {name} pruned gradually the loss rises faster than around {name} "
                f"pruned {words}.",
                rule(increase(network).of("pruned gradually") - increase(other).of(words), above=0),
            ),
            f"{PAGE}-entropy{key}-{network}": (
                f"Neurons of {name} pruned gradually are less tied to classes than pruned {words}.",
                rule(entropy(network).of("pruned gradually") - entropy(other).of(words), above=0),
            ),
        }
    found[f"{PAGE}-entropy-complete-{network}"] = (
        f"And less than those of the complete {name}.",
        rule(
            entropy(network).of("pruned gradually")
            - entropy(network, complete=True).of("of the complete network"),
            above=0,
        ),
    )
    return found


def _information(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    at_once, long = (f"{network}{suffix}" for suffix in list(WAYS)[1:])
    gradual = information(network).of("pruned gradually")
    others = {
        "": (information(at_once).of("at once"), f"{name} pruned at once"),
        "-long": (
            information(long).of("at once and trained as long"),
            f"{name} pruned at once and trained as long",
        ),
        "-complete": (
            information(network, complete=True).of("of the complete network"),
            f"the complete {name}",
        ),
    }
    return {
        f"{PAGE}-information{key}-{network}": (
            f"The sign of a neuron of {name} pruned gradually says less about the class than of "
            f"{words}.",
            rule(gradual - other, below=0, unit="millibits"),
        )
        for key, (other, words) in others.items()
    }


CLAIMS: tuple[Claim, ...] = declare(
    "ICANN 2020, abstract",
    "",
    PAGE,
    {
        key: claim
        for network, name in NETWORKS.items()
        for key, claim in _of_network(network, name).items()
    },
)

OURS: tuple[Claim, ...] = declare(
    "",
    "",
    f"{PAGE}#fig-icann2020-information",
    {
        key: claim
        for network, name in NETWORKS.items()
        for key, claim in _information(network, name).items()
    },
)
"""PSP-entropy beside its null. A neuron that is on more evenly has more of both; only what lies
between the two ties it to classes."""


def _trace(results: Results) -> Results | None:
    rows = results.landscape
    found = rows[rows.quantity == "trace"]
    if found.empty:
        return None
    renamed = found.assign(quantity="eigenvalue", number=0)
    kept = rows[rows.quantity != "eigenvalue"]
    return dataclasses.replace(results, landscape=pd.concat([kept, renamed]))


def _at_radius(radius: float) -> Callable[[Results], Results | None]:
    def change(results: Results) -> Results | None:
        rows = results.landscape
        up = rows.quantity == "increase"
        found = rows[up & np.isclose(rows.radius, radius)]
        if found.empty:
            return None
        moved = found.assign(radius=RADIUS)
        return dataclasses.replace(results, landscape=pd.concat([rows[~up], moved]))

    return change


def _last_layer(results: Results) -> Results | None:
    rows = results.potentials
    if rows.empty:
        return None
    last = rows.groupby("experiment").depth.transform("max")
    return dataclasses.replace(results, potentials=rows[rows.depth == last])


def _layers_alike(results: Results) -> Results | None:
    rows = results.potentials
    return None if rows.empty else dataclasses.replace(results, potentials=rows.assign(neurons=1))


OF_MINIMA = (
    Reading("Trace", "the trace of the Hessian takes the place of its largest eigenvalue", _trace),
    Reading("Near", "the loss rises over half of the distance", _at_radius(RADIUS / 2)),
    Reading("Far", "the loss rises over four times the distance", _at_radius(4 * RADIUS)),
    Reading("Layers alike", "every layer weighs alike, not every neuron", _layers_alike),
    Reading("Last layer", "only the neurons of the last layer of ReLUs count", _last_layer),
)
"""For a paper on minima and on the entropy of neurons."""
