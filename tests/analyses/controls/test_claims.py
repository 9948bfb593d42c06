"""Networks beside their own complete network and beside others: the claims, in made-up worlds."""

from lib.analyses.controls.claims import DESCENDS
from lib.analyses.controls.nearer_layers import every_layer_decided
from lib.analyses.validity.tables import DESCENT
from lib.book.claims.vocabulary import PAPER_METRICS
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.results import PAPER_RESHAPE

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve


def world(pruned, trained):
    """Networks that are nearer to their own by so much; the last iteration is less accurate."""
    ends = {"": pruned, "_trained_as_long": trained}
    names = {name + end: by for name in PAPER_NETWORKS for end, by in ends.items()}
    accuracy = dict.fromkeys(names, lambda left: 0.0 if left > 0.05 else -5.0)
    results = World({(name, "svcca", ""): curve(out=0.5) for name in names}, accuracy).results()
    rows = [
        {"experiment": name, "train_seed": seed, "prune_seed": 0, "iteration": iteration}
        | {"other_seed": other, "layer": layer, "kind": kind, "depth": depth, "metric": metric}
        | {"reshape": PAPER_RESHAPE[metric]}
        | {"value": 0.5 + 0.001 * seed * (seed == other) + (by if seed == other else 0)}
        for name, by in names.items()
        for seed in range(3)
        for other in range(3)
        for iteration in (13, 20)
        for depth, (layer, kind) in enumerate([("a", "conv"), ("out", "out")])
        for metric in PAPER_METRICS
    ]
    table = DESCENT.tidy(rows)
    table.loc[(table.iteration == 20) | (table.kind == "out"), "value"] = 0.0
    return results.having(DESCENT, table)


test_pruning_keeps_a_part_of_the_descent_or_strangers_are_nearer = verdicts_of(
    DESCENDS,
    lambda _: world(0.2, 0.3),
    lambda _: world(-0.2, -0.3),
    lambda _: world(0.2, 0.3).having(DESCENT, DESCENT.tidy()),
)


def test_every_layer_is_nearer_only_if_no_layer_of_any_network_is_not():
    results = world(0.2, 0.3)
    assert every_layer_decided(results).verdict == "holds"
    rows = results.table(DESCENT)
    one = rows.experiment.eq("vgg16_bn") & rows.metric.eq("cka") & rows.iteration.eq(13)
    but_one = results.having(DESCENT, rows.assign(value=rows.value.mask(one, 0.5)))
    assert every_layer_decided(but_one).verdict == "does not hold"
    some = results.having(DESCENT, rows[rows.experiment != "vgg16_bn"])
    assert every_layer_decided(some).verdict == "not measured"
