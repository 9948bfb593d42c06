"""Whether kernels with gradients tell pruned networks from independent ones: tables and curves."""

import math
from collections.abc import Iterable

import pandas as pd

from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED
from ...book.claims.quantity import Missing, require_experiment
from ...book.claims.runs import estimate
from ...book.findings import Decided
from ...book.report.figure import AS_LONG_LINE, INDEPENDENT, NULL_LINE
from ...book.report.format import number, percent, signed
from ...book.report.names import METRICS
from ...book.report.results import Results, cached_per_results
from ...book.report.style import NETWORK_LINES
from ...book.report.values import NETWORK, RUN_COLUMNS, layers, remaining
from ..equal_accuracy import TRAINED_AS_LONG, iteration_compared
from ..frames import frame_of
from .tables import GRADIENTS, KERNEL_METRICS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS

KERNEL_TITLES = {
    NO_GRADIENTS: "representation",
    WITH_GRADIENTS: "with gradients",
    UNIT_GRADIENTS: "with gradients of unit length",
}
"""kernel -> what it is called on the page."""

NO_CONTROL, OTHER_SEEDS = "", "_independent"
"""Suffixes of a network's experiments."""

CONTROL_TITLES = {
    NO_CONTROL: "pruned",
    TRAINED_AS_LONG: "trained as long",
    OTHER_SEEDS: "independent",
}

CHANCE = "by chance"

CURVE_LOOKS = {
    CONTROL_TITLES[NO_CONTROL]: NETWORK_LINES["pruned"],
    CONTROL_TITLES[TRAINED_AS_LONG]: AS_LONG_LINE,
    CONTROL_TITLES[OTHER_SEEDS]: INDEPENDENT,
    CHANCE: NULL_LINE,
}
"""What is compared -> how its line is drawn."""

NONE_AS_ACCURATE = "No network that was compared is as accurate as the complete one."


@cached_per_results
def hidden_rows(
    results: Results, network: str, kernel: str, metric: str = "cka", control: str = NO_CONTROL
) -> pd.DataFrame:
    """The rows of the hidden layers by one kernel.

    Those of networks that were pruned, or trained as long, are of the iteration that is
    compared.

    Raises:
        Missing: there are none.
    """
    experiment = network + control
    require_experiment(results, experiment)
    rows = results.of(experiment, GRADIENTS)
    rows = rows[(rows.kernel == kernel) & (rows.metric == metric) & (rows.kind != "out")]
    if control != OTHER_SEEDS:
        rows = rows[rows.iteration == iteration_compared(results, network, GRADIENTS)]
    if rows.empty:
        raise Missing(f"{experiment} was not compared by this kernel")
    return rows


@cached_per_results
def told_apart(
    results: Results, network: str, metric: str, kernel: str, control: str = NO_CONTROL
) -> pd.Series:
    """The share of the hidden layers in which a network is told from independent ones.

    It is, in a layer, if it is more similar to its complete network there than any two
    complete networks are to each other.

    Returns:
        Index train_seed, the mean over the runs; NaN where a layer has no value.

    Raises:
        Missing: these kernels were not compared.
    """
    compared = hidden_rows(results, network, kernel, metric, control)
    independent = hidden_rows(results, network, kernel, metric, OTHER_SEEDS)
    of_run = compared.pivot(index=RUN_COLUMNS, columns="layer", values="value")
    pairs = independent.pivot(index=RUN_COLUMNS, columns="layer", values="value")
    of_run, highest = of_run.align(pairs.max(skipna=False), axis=1)
    apart = (of_run > highest).astype(float).where(of_run.notna() & highest.notna())
    return apart.mean(axis=1, skipna=False).groupby(level=NETWORK).mean(skipna=False)


def layers_told_apart(
    results: Results, network: str, metric: str, kernel: str, control: str = NO_CONTROL
) -> str:
    """`told_apart` as the number of layers in each complete network: `9, 9, 9 of 11`."""
    try:
        shares = told_apart(results, network, metric, kernel, control)
    except Missing:
        return number(math.nan)
    total = hidden_rows(results, network, kernel, metric, OTHER_SEEDS).layer.nunique()
    counts = [round(share * total, 9) for share in shares]
    texts = [number(n, 0 if math.isnan(n) or n.is_integer() else 1) for n in counts]
    return f"{', '.join(texts)} of {total}"


def told_apart_over_time(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """The layers that CKA tells apart at each iteration: rows (network, weights left), texts.

    Added after the results were read; not one of the rules.
    """
    table = study.table(GRADIENTS)
    rows = {}
    for network in networks:
        for iteration, left in remaining(study, network).items():
            # as if no other had been measured; independent networks have iteration 0
            compared = study.having(GRADIENTS, table[table.iteration.isin((0, iteration))])
            rows[study.network(network), percent(left)] = {
                words: layers_told_apart(compared, network, "cka", kernel)
                for kernel, words in KERNEL_TITLES.items()
            }
    return frame_of(rows, "Network", "Weights left")


def representation_alone(study: Results, networks: Iterable[str]) -> Decided:
    """Whether kernels without gradients tell networks apart in every layer: nothing is to gain.

    Added after the results were read; not one of the rules.
    """
    shares = [
        told_apart(study, network, metric, NO_GRADIENTS).min(skipna=False)
        for network in networks
        for metric in KERNEL_METRICS
    ]
    words = "the representation alone tells pruned networks from independent ones in every layer"
    if not shares:
        return Decided("gradients-representation-alone", words, NOT_MEASURED, NOT_MEASURED)
    measured = f"in {percent(min(shares))} of them where it tells the fewest apart"
    verdict = HOLDS if min(shares) == 1 else FAILS
    return Decided("gradients-representation-alone", words, measured, verdict)


def beyond_independent(
    results: Results, network: str, kernel: str, control: str = NO_CONTROL
) -> pd.Series:
    """CKA with the complete network minus that of independent networks, mean over hidden layers.

    Added after the results were read; not one of the rules.

    Returns:
        Index train_seed.
    """
    with_own = hidden_rows(results, network, kernel, control=control)
    independent = hidden_rows(results, network, kernel, control=OTHER_SEEDS)
    return with_own.groupby(NETWORK).value.mean() - independent.value.mean()


def beside_independent(results: Results, network: str, title: str, control: str) -> Decided:
    """Whether networks are closer to their complete one, with gradients, than independent ones."""
    key = f"gradients-{CONTROL_TITLES[control]}-{network}".replace("_", "-").replace(" ", "-")
    words = (
        f"CKA with gradients in networks of {title} that were {CONTROL_TITLES[control]}, minus "
        "that of independent ones, mean over the hidden layers"
    )
    difference = estimate(beyond_independent, results, network, WITH_GRADIENTS, control)
    if not difference.n:
        return Decided(key, words, NOT_MEASURED, NOT_MEASURED)
    each = beyond_independent(results, network, WITH_GRADIENTS, control)
    verdict = "mixed"
    if each.max() < 0:
        verdict = "further"
    elif each.min() > 0:
        verdict = "closer"
    return Decided(key, words, difference.text(3, sign=True), verdict)


def strictness(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """What the rule lets through by chance, and what the representation alone leaves to gain.

    Returns:
        Index the network; columns of texts. Of networks that are no closer to their
        complete one than n pairs of independent networks are to each other, 1 in n + 1
        exceeds all of them.
    """
    rows = {}
    for network in networks:
        pairs = len(study.of(network + OTHER_SEEDS, GRADIENTS)[RUN_COLUMNS].drop_duplicates())
        row = {"Pairs": str(pairs), "Exceeded by chance": percent(1 / (pairs + 1), 0)}
        for metric in KERNEL_METRICS:
            plain = estimate(told_apart, study, network, metric, NO_GRADIENTS)
            row[f"Left to gain, {METRICS[metric]}"] = percent(1 - plain.mean, 0)
        rows[study.network(network)] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def cka_by_layer(study: Results, network: str, kernel: str) -> dict[str, pd.Series]:
    """{networks: CKA of each layer with that of the complete network, by one kernel}.

    Means over complete networks. Networks are called as in `CONTROL_TITLES`; `CHANCE`
    is what CKA gives the pruned ones if the images of one network are permuted.

    Returns:
        Series over the depth of all layers; nothing if no network was compared.
    """
    try:
        iteration = iteration_compared(study, network, GRADIENTS)
    except Missing:
        return {}
    curves = {
        words: _curve(study, network + control, kernel, 0 if control == OTHER_SEEDS else iteration)
        for control, words in CONTROL_TITLES.items()
    }
    curves[CHANCE] = _curve(study, network, kernel, iteration, "null_mean")
    return curves


def _curve(
    study: Results, experiment: str, kernel: str, iteration: int, column: str = "value"
) -> pd.Series:
    if experiment not in study:
        return pd.Series(dtype=float)
    rows = study.of(experiment, GRADIENTS)
    rows = rows[(rows.metric == "cka") & (rows.kernel == kernel) & (rows.iteration == iteration)]
    depths = range(len(layers(study, experiment)))
    return rows.groupby("depth")[column].mean().reindex(depths)


def kernel_table(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """Rows (network, kernel, networks compared), in texts: layers told apart, CKA, and the null."""
    rows = {}
    for network in networks:
        for kernel, words in KERNEL_TITLES.items():
            for control in (NO_CONTROL, TRAINED_AS_LONG):
                row = {
                    f"Told apart, {METRICS[metric]}": layers_told_apart(
                        study, network, metric, kernel, control
                    )
                    for metric in KERNEL_METRICS
                }
                row |= _of_kernel(study, network, kernel, control)
                rows[study.network(network), words, CONTROL_TITLES[control]] = row
    return frame_of(rows, "Network", "Kernel", "Networks")


def _of_kernel(study: Results, network: str, kernel: str, control: str) -> dict[str, str]:
    """CKA beyond independent networks, its null, and the directions of the kernel."""
    try:
        rows = hidden_rows(study, network, kernel, control=control)
        beyond = beyond_independent(study, network, kernel, control).mean()
    except Missing:
        return dict.fromkeys(("CKA minus independent", "By chance", "Directions"), number(math.nan))
    null = rows.groupby("layer").null_mean.mean()
    return {
        "CKA minus independent": signed(beyond, 3),
        "By chance": f"{number(null.mean())} ({number(null.max())})",
        "Directions": number(rows.pr_x.mean(), 0),
    }
