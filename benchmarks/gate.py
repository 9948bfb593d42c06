"""How often `assert_similar` stops harmless builds, and which damage it notices: published numbers.

    python -m benchmarks.gate [--results FOLDER] [--versions N] [--out benchmarks/gate.csv]

The page on validity damages networks, after re-trainings that do no harm, and judges
each layer by a rule of its own. Here the gate judges the same similarities, of all
layers together: NBS on channels, 500 images. A build is a harmless change of one
network, or that change with damage to one layer, where its other layers stay as they
were. The harmless versions are changes of the *other* networks, `--versions` of them,
drawn anew for each build.

A row is one kind of damage, or "none", whose `stopped` is the share of false alarms.
There are two readings, as on the page: versions of all stages of training, or of the
damaged stage alone. The gate holds its level where versions and builds are made alike,
so in the second one. `noticed` is the smallest size from which on at least 80 % of the
builds are stopped, in all networks; `costs` the smallest size that costs a point of
accuracy in each of them; `in time` says whether in each network the former is no larger
than the latter.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd

from lib.analyses.damage_sizes import LEVEL, NONE
from lib.analyses.validity import detection
from lib.analyses.validity.rule import DETECTED, ROUNDING_ERROR, costs, from_which
from lib.book.report.results import Results, load_results
from lib.command_parser import CommandParser
from lib.compare.gate import judge_build

from .table import report

METRIC, RESHAPE, IMAGES = "nbs", "channels", 500
CHANGE = ["train_seed", "iteration"]
VERSIONS = 21


def similarities(rows: pd.DataFrame) -> pd.DataFrame:
    """Index damage, size, train_seed, iteration and damaged; a column for each layer.

    A harmless change stands there once for each layer that is damaged in others, with
    no damage.
    """
    rows = rows.query("metric == @METRIC and reshape == @RESHAPE and images == @IMAGES")
    rows = rows[~rows.confounded & (rows.damage != LEVEL)]
    harmless = rows[rows.damage == NONE].pivot(index=CHANGE, columns="layer", values="value")
    damaged = rows[rows.damage != NONE]
    builds = harmless.reindex(pd.MultiIndex.from_frame(damaged[CHANGE])).to_numpy(copy=True)
    builds[np.arange(len(damaged)), harmless.columns.get_indexer(damaged.layer)] = damaged.value
    index = damaged[["damage", "size", *CHANGE]].assign(damaged=damaged.layer)
    builds = pd.DataFrame(builds, pd.MultiIndex.from_frame(index), harmless.columns)
    whole = harmless.assign(damage=NONE, size=0.0, damaged="").reset_index()
    return pd.concat([whole.set_index(builds.index.names), builds])


def stopped(builds: pd.DataFrame, versions: int, seed: int = 0) -> pd.Series:
    """Whether the gate stops each build, beside changes of other networks.

    Args:
        builds: of `similarities`.
        versions: how many are drawn.
    """
    rng = np.random.default_rng(seed)
    harmless = builds.xs(NONE, level="damage").droplevel(["size", "damaged"])
    seeds = harmless.index.get_level_values("train_seed")
    elsewhere = {seed: harmless[seeds != seed].reset_index(drop=True).T for seed in seeds.unique()}
    stops = []
    for key, build in builds.iterrows():
        known = elsewhere[key[builds.index.names.index("train_seed")]]
        drawn = known.iloc[:, rng.choice(known.shape[1], versions, replace=False)]
        stops.append(not judge_build(build, drawn).passes)
    return pd.Series(stops, builds.index, dtype=float)


def measure(study: Results, network: str, reading: str, versions: int) -> Iterator[dict]:
    """The rows of one network and reading."""
    rows = detection.rows_of(study, network)
    rows = rows if reading == "rule" else detection.same_stage(rows)
    shares = stopped(similarities(rows), versions)
    shares = shares.groupby(["damage", "train_seed", "size"]).agg(["mean", "size"])
    damaged = shares.drop(NONE, level="damage")
    noticed = from_which((damaged["mean"] >= DETECTED - ROUNDING_ERROR).astype(float))
    costly = costs(study, network, rows)
    shared = {"network": network, "reading": reading, "versions": versions}
    for damage in (NONE, *detection.DAMAGE_KINDS):
        if damage not in shares.index:
            continue
        of_damage = shares.loc[damage]
        row = shared | {"damage": damage, "builds": int(of_damage["size"].sum())}
        if damage == NONE:
            row |= {"stopped": (of_damage["mean"] * of_damage["size"]).sum() / row["builds"]}
            by_network = of_damage["mean"].groupby("train_seed").mean()
            yield row | {"stopped min": by_network.min(), "stopped max": by_network.max()}
        else:
            size, cost = noticed[damage], costly[damage]
            in_time = bool((np.isfinite(size) & (size <= cost)).all())
            row |= {"noticed": size.max(), "costs": cost.max()}
            yield row | {"in time": in_time if np.isfinite(cost).all() else "costs nothing"}


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("benchmarks.gate", __doc__)
    parser.add_argument("--results", default="results", help="a folder of tables (results)")
    parser.add_argument("--versions", type=int, default=VERSIONS, help="harmless ones (21)")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    study = load_results(given.results)
    networks, readings = detection.networks(study), detection.RULE_READINGS
    rows = (
        row
        for network in networks
        for reading in readings
        for row in measure(study, network, reading, given.versions)
    )
    report(rows, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
