"""The gate judges published similarities: damage is in one layer, versions are of others."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.gate import similarities, stopped
from lib.analyses.damage_sizes import LEVEL, NONE

LAYERS = ("one", "two")


def rows(damaged_value):
    """Those of three networks, nine changes of each, of which the last is damaged in one layer."""
    rng = np.random.default_rng(0)
    shared = {"metric": "nbs", "reshape": "channels", "images": 500, "confounded": False}
    table = [
        shared | {"train_seed": s, "iteration": i, "layer": layer, "damage": NONE, "size": float(i)}
        for s in range(3)
        for i in range(20)
        for layer in LAYERS
    ]
    for row in table:
        row["value"] = 0.9 + 0.01 * rng.random()
    table.append(table[-2] | {"damage": "noise", "size": 0.5, "value": damaged_value})
    others = [
        {"damage": LEVEL},
        {"confounded": True},
        {"images": 100},
        {"reshape": "flat"},
        {"metric": "cka"},
    ]
    return pd.DataFrame(table + [table[-1] | other | {"value": 0.0} for other in others])


def test_damage_replaces_the_similarity_of_its_layer_alone():
    builds = similarities(rows(0.5))
    harmless = builds.xs((2, 19), level=["train_seed", "iteration"]).loc[NONE].iloc[0]
    damaged = builds.loc["noise"].iloc[0]
    assert len(builds) == 3 * 20 + 1
    assert (damaged["one"], damaged["two"]) == (0.5, harmless["two"])


@pytest.mark.parametrize(("value", "alarm"), [(0.5, True), (0.9999, False)])
def test_the_gate_stops_what_changed_more(value, alarm):
    found = stopped(similarities(rows(value)), versions=21)
    assert found.xs(NONE, level="damage").mean() <= 0.15
    assert found["noise"].item() == alarm
    assert len(found) == 61
