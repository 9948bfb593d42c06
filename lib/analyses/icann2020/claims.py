"""The claims of the ICANN 2020 paper as rules.

Tartaglione, Bragagnolo and Grangetto, "Pruning Artificial Neural Networks: A Way to
Find Well-Generalizing, High-Entropy Sharp Minima". We worked from its abstract and from
the notebook that the authors keep with their code, EIDOSlab/PSP-entropy.
"""

from collections.abc import Callable
from itertools import starmap

import numpy as np
import pandas as pd

from ...book.claims.engine import POINTS, Claim, Rule, declare
from ...book.claims.gains import gain
from ...book.claims.quantity import END, Missing, Quantity, as_quantity, require_experiment
from ...book.report.results import Results
from ...book.report.values import RUN_COLUMNS
from ...table_schemas import TableSchema
from .tables import LANDSCAPE, POTENTIALS

PAGE = "icann2020"

SHOWN_TITLES = {"lenet5": "LeNet-5", "resnet32": "ResNet-32"}

RADIUS = 0.1
"""How far along random directions the loss is compared, relative to the length of each filter."""

MILLIBITS, MILLINATS, DECADES = "millibits", "millinats", "decades"
"""Units: of entropy and information, of the loss, and of the logarithm of an eigenvalue."""


def _rows(
    results: Results, experiment: str, table: TableSchema, complete: bool = False
) -> pd.DataFrame:
    """The rows of a table on the most pruned networks, or on the complete ones."""
    require_experiment(results, experiment)
    rows = results.of(experiment, table)
    if not (rows.iteration > 0).any():
        raise Missing(f"{experiment} has no {table.name}")
    return rows[rows.iteration == (0 if complete else rows.iteration.max())]


@as_quantity("logarithm of the largest eigenvalue of the Hessian")
def curvature(results: Results, experiment: str) -> pd.Series:
    """Decimal logarithm of the Hessian's largest eigenvalue after the last iteration."""
    rows = _rows(results, experiment, LANDSCAPE)
    largest = rows[(rows.quantity == "eigenvalue") & (rows.number == 0)]
    return np.log10(largest.groupby(RUN_COLUMNS).value.mean().clip(lower=1e-12))


@as_quantity(f"increase of the loss at the radius {RADIUS:g}")
def increase(results: Results, experiment: str) -> pd.Series:
    """How much the loss rises along random filter-normalised directions, in millinats."""
    rows = _rows(results, experiment, LANDSCAPE)
    rows = rows[(rows.quantity == "increase") & np.isclose(rows.radius, RADIUS)]
    if rows.empty:
        raise Missing(f"{experiment} has no loss at the radius {RADIUS:g}")
    return 1000 * rows.groupby(RUN_COLUMNS).value.mean()


def _of_neurons(rows: pd.DataFrame, of_layers: pd.Series) -> pd.Series:
    """The mean over all neurons, in millibits, of a column that has means over layers."""
    weighted = rows.assign(sum=1000 * of_layers * rows.neurons)
    sums = weighted.groupby(RUN_COLUMNS)[["sum", "neurons"]].sum()
    return sums["sum"] / sums.neurons


@as_quantity("mean PSP-entropy of all neurons")
def entropy(results: Results, experiment: str, *, complete: bool = False) -> pd.Series:
    """PSP-entropy in millibits, mean over all neurons and classes, pruned or complete network."""
    rows = _rows(results, experiment, POTENTIALS, complete)
    return _of_neurons(rows, rows.entropy)


@as_quantity("mean information of all neurons about the class")
def information(results: Results, experiment: str, *, complete: bool = False) -> pd.Series:
    """What the sign of a neuron says about the class, in millibits, mean over all neurons.

    How far PSP-entropy lies below its null, the PSP-entropy of neurons that ignore the
    class.
    """
    rows = _rows(results, experiment, POTENTIALS, complete)
    return _of_neurons(rows, rows.mixed - rows.entropy)


ONE_SHOT = {
    "": ("_one_shot", "at once"),
    "-long": ("_one_shot_long", "at once and trained as long"),
}
"""part of a claim's key -> suffix of the experiment, words for it."""


def _gradual_and_at_once(network: str, name: str, key: str) -> dict[str, tuple[str, Rule]]:
    """The claims that compare networks pruned gradually with networks pruned at once."""
    suffix, words = ONE_SHOT[key]

    def difference(quantity: Callable[..., Quantity], *arguments: object) -> Quantity:
        gradual = quantity(network, *arguments).of("pruned gradually")
        return gradual - quantity(network + suffix, *arguments).of(words)

    return {
        f"{PAGE}-better{key}-{network}": (
            f"{name} pruned gradually is more accurate than {name} pruned {words}.",
            Rule(difference(gain, END), above=0, unit=POINTS),
        ),
        f"{PAGE}-sharper{key}-{network}": (
            f"{name} pruned gradually lies in a sharper minimum than {name} pruned {words}.",
            Rule(difference(curvature), above=0, unit=DECADES),
        ),
        f"{PAGE}-steeper{key}-{network}": (
            f"The loss rises faster around {name} pruned gradually than around {name} pruned "
            f"{words}.",
            Rule(difference(increase), above=0, unit=MILLINATS),
        ),
        f"{PAGE}-entropy{key}-{network}": (
            f"Neurons of {name} are less tied to classes when it is pruned gradually than {words}.",
            Rule(difference(entropy), above=0, unit=MILLIBITS),
        ),
    }


def _of_network(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    of_complete = entropy(network, complete=True).of("of the complete network")
    claims = {}
    for key in ONE_SHOT:
        claims |= _gradual_and_at_once(network, name, key)
    claims[f"{PAGE}-entropy-complete-{network}"] = (
        f"Neurons of {name} pruned gradually are less tied to classes than those of the complete "
        "network.",
        Rule(entropy(network).of("pruned gradually") - of_complete, above=0, unit=MILLIBITS),
    )
    return claims


def _information(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    controls = {
        key: (information(network + suffix).of(words), f"{name} pruned {words}")
        for key, (suffix, words) in ONE_SHOT.items()
    }
    of_complete = information(network, complete=True).of("of the complete network")
    controls["-complete"] = (of_complete, f"the complete {name}")
    return {
        f"{PAGE}-information{key}-{network}": (
            f"The sign of a neuron of {name} pruned gradually says less about the class than that "
            f"of {words}.",
            Rule(information(network).of("pruned gradually") - control, below=0, unit=MILLIBITS),
        )
        for key, (control, words) in controls.items()
    }


CLAIMS: tuple[Claim, ...] = declare(
    "ICANN 2020, abstract", PAGE, *starmap(_of_network, SHOWN_TITLES.items())
)

OURS: tuple[Claim, ...] = declare(
    "Information", f"{PAGE}#fig-icann2020-information", *starmap(_information, SHOWN_TITLES.items())
)
"""PSP-entropy against its null. A neuron that is on for about half of the images has
more of both; only the difference of the two ties it to classes."""
