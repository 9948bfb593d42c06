"""Compute published numbers again from networks of a zoo: `make verify ZOO=folder`.

Usage: python -m lib.commands.verify_zoo SOURCE [RESULTS] [--data FOLDER]

Of each experiment the most pruned network of the first run is loaded. Its accuracy and
loss on the test images, and ten of its published similarities, are computed again;
nothing is trained. The tables are those beside the zoo, where a study has just made it,
or else the published ones.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from .. import ROOT
from ..book.report.results import load_results, published_results
from ..catalogue import load_profile
from ..command_parser import CommandParser
from ..data import DataUnavailableError
from ..integrity import load_study
from ..interruption import run_command_line
from ..metrics import METRICS
from ..study.comparison import Comparison
from ..study.prepared_experiment import PreparedExperiment
from ..training.evaluation import evaluate
from ..zoo import Zoo
from .recompute import ROUNDING

PUBLISHED_ROWS = 10

_CELL = ["layer", "metric", "reshape"]

_LOSS_ROUNDING = 1e-5
"""Relative; published numbers have six digits, and processors round float32 differently."""


def tables_of(zoo: Zoo) -> Path:
    """The results folder of a zoo's study: beside it, or the published one."""
    beside = zoo.folder.with_name("results")
    has_tables = not zoo.address and beside.is_dir()
    return beside if has_tables else ROOT / published_results(zoo.study["chapter"])


def verify(
    source: str | Path, data: str | Path = "datasets", results: Path | None = None
) -> pd.DataFrame:
    """Numbers of a zoo's networks, published and computed again.

    Args:
        source: of the zoo, as for `lib.zoo.Zoo`.
        data: the data folder.
        results: the tables of its study; None for `tables_of` the zoo.

    Returns:
        A row for each number: `experiment`, `what`, `published`, `recomputed`,
        `allowed` (how far they may be apart) and `agrees`.

    Raises:
        ValueError: no results of such networks, those of another profile, or other data
            than the networks were trained on.
        DamagedError, OSError, DataUnavailableError: what is read is damaged or missing.
    """
    zoo = Zoo(source)
    results = tables_of(zoo) if results is None else results
    profiles = zoo.study["profile"], load_study(results)["profile"]
    if len(set(profiles)) > 1:
        raise ValueError(
            f"the networks are of the profile {profiles[0]!r}, but {results} is of "
            f"{profiles[1]!r}: name the results of their study"
        )
    tables = []
    order = {"train_seed": True, "prune_seed": True, "iteration": False}
    pruned = zoo.networks[zoo.networks.iteration > 0]
    pruned = pruned.sort_values(list(order), ascending=list(order.values()))
    for name in zoo.experiments:
        last = pruned[pruned.experiment == name].iloc[0]
        tables.append(_of_network(zoo, last, results, data))
    return pd.concat(tables, ignore_index=True)


def _of_network(zoo: Zoo, row: pd.Series, results: Path, data: str | Path) -> pd.DataFrame:
    name = row.experiment
    experiment = load_profile(zoo.study["profile"]).experiment(name)
    experiment = replace(experiment, dimensions=False)
    setting = PreparedExperiment.load(experiment, data, "cpu")
    expected = zoo.experiments[name]["data"]["sha256"]
    if setting.checksum != expected:
        raise ValueError(
            f"{name} was trained on other data: SHA-256 {expected[:12]}..., here it is "
            f"{setting.checksum[:12]}..."
        )
    complete, network = (setting.new_network(row.train_seed) for _ in range(2))
    complete.load_state_dict(zoo.load(name, row.train_seed).state_dict())
    pruned = zoo.load(name, row.train_seed, row.iteration, prune_seed=row.prune_seed)
    network.load_state_dict(pruned.state_dict())
    accuracy, loss = evaluate(network, setting.dataset.test, setting.dataset)
    one_image = 1 / len(setting.dataset.test)
    numbers = [
        ("accuracy", row.accuracy, accuracy, one_image),
        ("loss", row.loss, loss, _LOSS_ROUNDING * row.loss),
    ]
    comparison = Comparison(complete, setting).rows(network)
    again = {
        tuple(similarity[column] for column in _CELL): similarity["value"]
        for similarity in comparison
    }
    for cell, published in _some(published_similarities(results, row)).items():
        numbers.append((" ".join(cell), published, again[cell], ROUNDING))
    table = pd.DataFrame(numbers, columns=["what", "published", "recomputed", "allowed"])
    table.insert(0, "experiment", name)
    return table.assign(agrees=(table.published - table.recomputed).abs() <= table.allowed)


def published_similarities(results: Path, row: pd.Series) -> pd.Series:
    """The published similarities of a network: index `_CELL`.

    Raises:
        ValueError: they are not among the results.
    """
    table = load_results(results.resolve(), [row.experiment]).similarity
    key = ["train_seed", "prune_seed", "iteration"]
    of_network = table[(table[key] == row[key].to_numpy()).all(axis=1)]
    if of_network.empty:
        raise ValueError(f"{results} has no {row.experiment} of these seeds and iteration")
    return of_network.set_index(_CELL).value.dropna()


def _some(published: pd.Series) -> dict[tuple[str, ...], float]:
    """`PUBLISHED_ROWS` of them: from all layers, on the paper's matrices."""
    on_papers = [METRICS[metric].reshape == how for _, metric, how in published.index]
    papers = published[on_papers]
    chosen = np.linspace(0, len(papers) - 1, min(PUBLISHED_ROWS, len(papers))).round().astype(int)
    return papers.iloc[chosen].to_dict()


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("lib.commands.verify_zoo", __doc__)
    parser.add_argument("source", help="folder or address of the zoo")
    parser.add_argument("results", type=Path, nargs="?", help="the tables of its study")
    parser.add_argument("--data", default="datasets", help="the data folder")
    given = parser.parse_args(arguments)
    try:
        table = verify(given.source, given.data, given.results)
    except (ValueError, OSError, DataUnavailableError) as error:
        print(error, file=sys.stderr)
        return 1
    print(table.to_string(index=False, float_format="{:.6g}".format))
    print("all agree" if table.agrees.all() else "SOME DIFFER")
    return 0 if table.agrees.all() else 1


if __name__ == "__main__":
    run_command_line(main)
