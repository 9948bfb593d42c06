"""When networks are compared: at the last iteration at which they are as accurate, or the first."""

from itertools import product

from lib.analyses.equal_accuracy import iteration_compared, iterations_compared, measured_networks
from lib.book.report.names import PAPER_NETWORKS
from lib.table_schemas import RUN, TableSchema

from ..book.claims.worlds import World, curve

ENDS = ("", "_trained_as_long")
MEASURED = TableSchema("measured", RUN, key=tuple(RUN))


def world():
    """Three networks that lose accuracy with a twentieth of their weights left."""
    names = [name + end for name in PAPER_NETWORKS for end in ENDS]
    gains = dict.fromkeys(names, lambda left: 0.0 if left > 0.05 else -5.0)
    results = World({(name, "svcca", ""): curve(out=0.5) for name in names}, gains).results()
    rows = [
        {"experiment": name, "train_seed": seed, "iteration": iteration}
        | {"prune_seed": 0, "other_seed": None}
        for name, seed, iteration in product(names, range(3), (10, 13, 20))
    ]
    return results.having(MEASURED, MEASURED.tidy(rows))


def test_a_page_says_when_networks_are_compared():
    results = world()
    assert measured_networks(results, MEASURED, control="") == list(PAPER_NETWORKS)
    assert measured_networks(results, MEASURED, control="_independent") == []
    iteration = iteration_compared(results, "vgg_svhn", MEASURED)
    assert iteration == iteration_compared(results, "vgg_svhn_trained_as_long", MEASURED) == 13
    table = iterations_compared(results, ["vgg_svhn"], MEASURED)
    assert table.loc["VGG_SVHN"].tolist() == ["13", "5.5 %", "0.0"]
    rows = results.table(MEASURED)
    late = results.having(MEASURED, rows[rows.iteration == 20])
    assert iteration_compared(late, "vgg_svhn", MEASURED) == 20
    assert (
        iterations_compared(late, ["vgg_svhn"], MEASURED).loc["VGG_SVHN", "Accuracy lost, points"]
        == "5.0"
    )
    never = results.having(MEASURED, MEASURED.tidy())
    assert iterations_compared(never, ["vgg_svhn"], MEASURED).loc["VGG_SVHN"].tolist() == ["-"] * 3
