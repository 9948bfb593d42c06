"""Channels that find themselves in pruned networks: the claims, in made-up worlds."""

import pytest

from lib.analyses.validity.claims import OWN_CHANNELS, own_channels
from lib.analyses.validity.tables import MATCHING
from lib.book.claims.quantity import Missing
from lib.book.report.names import PAPER_NETWORKS

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve


def world(pruned, trained):
    """Networks of which such shares of the channels find themselves after the last iteration.

    A layer that is twice as wide has no more weight, and after the first iteration none do.
    """
    ends = {"": pruned, "_trained_as_long": trained}
    shares = {name + end: share for name in PAPER_NETWORKS for end, share in ends.items()}
    curves = {(name, "svcca", ""): curve(out=0.5) for name in shares}
    results = World(curves, dict.fromkeys(shares, lambda left: 0.0)).results()
    rows = [
        {"experiment": name, "train_seed": seed, "prune_seed": 0, "iteration": iteration}
        | {"other_seed": None}
        | {"layer": layer, "kind": "conv", "depth": depth, "channels": channels}
        | dict.fromkeys(("assigned", "identity", "matched"), 0.0)
        | {"own": (share + move + 0.001 * seed) * (iteration == 20)}
        for name, share in shares.items()
        for seed in range(3)
        for iteration in (1, 20)
        for depth, (layer, channels, move) in enumerate([("a", 8, -0.1), ("b", 16, 0.1)])
    ]
    return results.having(MATCHING, MATCHING.tidy(rows))


test_channels_find_themselves_or_do_not = verdicts_of(
    OWN_CHANNELS,
    lambda _: world(0.7, 0.8),
    lambda _: world(0.3, 0.2),
    lambda _: world(0.7, 0.8).having(MATCHING, MATCHING.tidy()),
)


def test_the_share_is_of_the_last_iteration_and_each_layer_counts_alike():
    measured = own_channels("vgg_svhn").measure(world(0.7, 0.8))
    assert measured.tolist() == pytest.approx([0.7, 0.701, 0.702])
    with pytest.raises(Missing):
        own_channels("vgg_svhn").measure(world(0.7, 0.8).having(MATCHING, MATCHING.tidy()))
