"""What is measured at the minima of this page: accuracy, sharpness, PSP-entropy."""

import numpy as np
import pandas as pd

from lib.report import NETWORK, minus

RADIUS = 0.1
"""How far along random directions the loss is compared, relative to the length of each filter."""

BITS = 1000  # millibits, and millinats


def at_the_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """The complete networks, once each, as a role of their own, and the most pruned ones.

    Args:
        rows: of a table with `iteration`, 0 for the complete networks.
    """
    complete = rows[(rows.iteration == 0) & (rows.role == "pruned")].assign(role="complete")
    last = rows.groupby(["network", "role"]).iteration.transform("max")
    return pd.concat([complete, rows[(rows.iteration == last) & (last > 0)]])


def minima(
    performance: pd.DataFrame, landscape: pd.DataFrame, potentials: pd.DataFrame
) -> pd.Series:
    """Everything that is measured of each network.

    Args:
        performance, landscape, potentials: the tables of these names.

    Returns:
        Index measure, network, role (with `complete`), train_seed. `accuracy` in percent;
        `loss` of training images in nats; `eigenvalue`, the largest, and `trace` of the
        Hessian; `increase` of the loss at `RADIUS`, in millinats; `entropy`, its `null`,
        and their difference, `information`, in millibits, means over all neurons;
        `entropy_by_layer`, the same with equal weight for each layer.
    """
    landscape = at_the_ends(landscape)
    still, near = landscape.radius == 0, np.isclose(landscape.radius, RADIUS)
    increase = landscape[(landscape.quantity == "increase") & near]
    chosen = {
        "accuracy": at_the_ends(performance).assign(value=lambda x: 100 * x.accuracy),
        "loss": landscape[(landscape.quantity == "loss") & still],
        "eigenvalue": landscape[(landscape.quantity == "eigenvalue") & (landscape.number == 0)],
        "trace": landscape[landscape.quantity == "trace"],
        "increase": increase.assign(value=BITS * increase.value),
    }
    key = ["network", "role", NETWORK]
    measured = {
        what: rows.groupby(key, sort=False).value.mean().rename(None)
        for what, rows in chosen.items()
    }
    neurons = at_the_ends(potentials).rename(columns={"mixed": "null"})
    # each neuron counts alike, so a layer counts as often as it has neurons
    sums = neurons[["entropy", "null"]].mul(BITS * neurons.neurons, axis=0).groupby(
        [neurons[name] for name in key], sort=False
    ).sum()  # fmt: skip
    means = sums.div(neurons.groupby(key, sort=False).neurons.sum(), axis=0)
    measured |= {"entropy": means.entropy, "null": means["null"]}
    measured["information"] = means["null"] - means.entropy
    measured["entropy_by_layer"] = BITS * neurons.groupby(key, sort=False).entropy.mean()
    return pd.concat(measured, names=["measure"])


def gradual_minus_others(measured: pd.Series) -> pd.Series:
    """Differences within each complete network of gradually pruned ones and the others.

    Args:
        measured: of `minima`.

    Returns:
        Index control (the other role), measure, network, train_seed. Of eigenvalue and
        trace the decimal logarithms; beside complete networks only what is said of neurons.
    """
    measures = measured.index.get_level_values("measure")
    numbers = measured.mask(measures.isin(["eigenvalue", "trace"]), np.log10(measured))
    numbers = numbers[~measures.isin(["loss", "null"])]
    neurons = numbers.loc[["entropy", "entropy_by_layer", "information"]]
    parts = {"one_shot_long": numbers, "one_shot": numbers, "complete": neurons}
    apart = {control: minus(part, "pruned", control) for control, part in parts.items()}
    return pd.concat(apart, names=["control"])
