"""Is pruning compression? The tables of the page on WACV 2020, and how its lines are drawn."""

from collections.abc import Callable

import pandas as pd

from ...book.claims.vocabulary import PAPER_METRICS
from ...book.report import values
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import interval
from ...book.report.style import NETWORK_LINES, OTHER_INKS
from .claims import HALF, SHOWN_TITLES

ALONE = "half_trained_as_long"

ORIGINS = {
    "": "pruned by magnitude",
    "masks_again": "the same masks, new random values",
    "random_layerwise": "random masks, as dense in each layer",
    "random_uniform": "random masks, equally dense everywhere",
    ALONE: "trained as long, never pruned",
    "independent": "another complete network",
}
"""suffix of the experiment -> how such a network came about."""

MASK_LINES = {
    "": NETWORK_LINES["pruned"],
    "masks_again": {"color": OTHER_INKS[1], "linestyle": (0, (8, 2))},
    "random_layerwise": NETWORK_LINES["random_masks"],
    "random_uniform": {"color": OTHER_INKS[0]},
    ALONE: NETWORK_LINES["trained_as_long"],
    "independent": NETWORK_LINES["independent"],
}
"""suffix of the experiment -> its line; what other pages show as well is drawn as there."""

STRUCTURES = {
    "masks_again": "the masks of pruning",
    "random_layerwise": "random, as dense in each layer",
    "random_uniform": "random, equally dense everywhere",
}
"""suffix of the experiment -> a sparsity structure, each trained from the same new values."""

TRAINING_TITLES = {"": "Trained once", "_rescaled": "Rescaled", "_long": "Trained as long"}
"""suffix after that of the structure -> how it is trained."""

STEPS = {
    "the values": ("{}", "{}_masks_again{}"),
    "which weights of a layer": ("{}_masks_again{}", "{}_random_layerwise{}"),
    "how many of each layer": ("{}_random_layerwise{}", "{}_random_uniform{}"),
}
"""What is given up -> experiments with it and without it, of a network and a training."""

STARTS = {"new values": "random_uniform", "the complete network's own": "random_at_init"}
"""Where a network with random masks starts -> suffix of the experiment."""


def experiment(network: str, way: str) -> str:
    """The experiment of a network and a way to a sparse one, a key of `ORIGINS`."""
    return f"{network}_{way}" if way else network


def half(study: Results, name: str) -> int:
    """The last iteration with as many weights as half of the iterations of pruning leave."""
    return HALF.pick(values.remaining(study, name))[0]


def at_half(study: Results, name: str, metric: str, column: str = "value") -> pd.Series:
    """A metric over the layers there, mean over the complete networks, or over pairs of them."""
    runs = values.by_run(study, name, metric, column=column, iteration=half(study, name))
    pairs = name.endswith("_independent")
    return (runs if pairs else runs.groupby(level="train_seed").mean()).mean()


def panels(title: str, layers: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """The panels of a network: sums of residual blocks stand apart.

    A line through sums and convolutions by turns is a zigzag.

    Args:
        title: of the network.
        layers: (name, kind) in forward order.

    Returns:
        {title of the panel: its layers}
    """
    sums = [layer for layer in layers if layer[1] == "add"]
    if not sums:
        return {title: layers}
    without_sums = [layer for layer in layers if layer[1] != "add"]
    return {f"{title}, sums": sums, f"{title}, all other layers": without_sums}


def how_far(study: Results) -> pd.DataFrame:
    """Mean SVCCA of the hidden layers with the complete network, a row for each network."""
    rows = {}
    for network, name in SHOWN_TITLES.items():
        hidden = values.hidden(study, network)
        rows[name] = {
            ORIGINS[way].capitalize(): at_half(study, sparse, "svcca")[hidden].mean()
            for way in ("", ALONE, "independent")
            if (sparse := experiment(network, way)) in study
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("SVCCA")


def by_kind(study: Results, row: Callable[[Results, str, str], dict]) -> pd.DataFrame:
    """A row for each network and way to a sparse one, empty where it was not measured.

    Args:
        row: of a study, a network and an experiment -> {column: number}.
    """
    rows = {}
    for network, name in SHOWN_TITLES.items():
        for way, words in ORIGINS.items():
            measured = experiment(network, way)
            rows[name, words] = row(study, network, measured) if measured in study else {}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "How"])


def epochs(study: Results, network: str, name: str) -> int:
    """How many an experiment has had since the initial values, up to the level of the figure."""
    each = study.of(name, "performance").groupby("iteration").epochs.first()
    level = half(study, name)
    if name in (network, f"{network}_{ALONE}"):  # go on from the complete network
        return int(each.loc[:level].sum())
    return int(each.loc[1:level].sum() if name.endswith("_long") else each[level])


def numbers(study: Results, network: str, name: str) -> dict[str, float]:
    """Epochs, weights left, accuracies and metrics of an experiment at the level of the figure."""
    left, hidden = 100 * values.remaining(study, name), values.hidden(study, network)
    rows = study.of(name, "performance").groupby(["iteration", "train_seed"]).accuracy.mean()
    accuracy = 100 * rows.groupby(level="iteration").mean()  # over the complete networks
    level = half(study, name)
    row = {
        "Epochs": epochs(study, network, name),
        "Left, %": left[level],
        "Accuracy, %": accuracy[level],
        "End, %": accuracy.iloc[-1] if len(accuracy) > 1 else float("nan"),
        "Networks": study.of(name, "performance").train_seed.nunique(),
    }
    means = {
        METRICS[metric]: at_half(study, name, metric)[hidden].mean() for metric in PAPER_METRICS
    }
    return row | means


def with_loss(study: Results, network: str, name: str) -> dict[str, float]:
    """`numbers`, and the test loss after the last iteration."""
    rows = study.of(name, "performance")
    last = rows[rows.iteration == rows.iteration.max()]
    return numbers(study, network, name) | {"Loss": last.loss.mean()}


def accuracies(study: Results, name: str) -> pd.Series:
    """Test accuracy in percent at the level of the figure, a mean for each complete network."""
    if name not in study:
        return pd.Series(dtype=float)
    rows = study.of(name, "performance")
    rows = rows[(rows.iteration == half(study, name)) & rows.run_seed.notna()]
    return 100 * rows.groupby("train_seed").accuracy.mean()


def structures(study: Results) -> pd.DataFrame:
    """Test accuracy of each structure in each training, without what was not measured.

    Pruned networks have the structure, and also the values that they were pruned with.
    """
    rows = {}
    for network, name in SHOWN_TITLES.items():
        rows[name, ORIGINS[""]] = {"Trained as long": accuracies(study, network).mean()}
        for structure, words in STRUCTURES.items():
            rows[name, words] = {
                head: accuracies(study, f"{network}_{structure}{training}").mean()
                for training, head in TRAINING_TITLES.items()
            }
    table = pd.DataFrame.from_dict(rows, orient="index")[[*TRAINING_TITLES.values()]]
    table = table.rename_axis(["Network", "Structure"])
    return table.dropna(how="all").dropna(how="all", axis=1)


def given_up(study: Results) -> pd.DataFrame:
    """How much accuracy each part of a structure is worth, as texts with intervals, in points.

    Pruned networks have been trained as long, so they are compared with nothing shorter.
    """
    rows = {}
    for network, name in SHOWN_TITLES.items():
        for step, (first, second) in STEPS.items():
            row = {}
            for training, head in TRAINING_TITLES.items():
                comparable = first != "{}" or training == "_long"
                names = (each.format(network, training) for each in (first, second))
                row[head] = _difference(study, *names) if comparable else "-"
            rows[name, step] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    table = table.rename_axis(["Network", "What is given up"])
    return table[(table != "-").any(axis=1)]


def _difference(study: Results, minuend: str, subtrahend: str) -> str:
    apart = accuracies(study, minuend) - accuracies(study, subtrahend)
    return interval(apart.dropna()).text(1, sign=True)


def starts(study: Results) -> pd.DataFrame:
    """Random masks on new values and on the complete network's own, where they were measured."""
    rows = {}
    for network, name in SHOWN_TITLES.items():
        for words, way in STARTS.items():
            measured = f"{network}_{way}"
            rows[name, words] = with_loss(study, network, measured) if measured in study else {}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Start"])
    return table.dropna(how="all")


def accuracy_above_chance(study: Results, network: str, name: str) -> dict[str, float]:
    """SVCCA and CKA of an experiment, their nulls, and the values with the null counted as 0."""
    hidden, row = values.hidden(study, network), {}
    for metric in ("svcca", "cka"):
        value = at_half(study, name, metric)[hidden]
        null = at_half(study, name, metric, "null_mean")[hidden]
        above = ((value - null) / (1 - null)).clip(lower=0)
        head = METRICS[metric]
        row[head] = value.mean()
        row[f"{head}: null"] = null.mean()
        row[f"{head}: above chance"] = above.mean()
    return row
