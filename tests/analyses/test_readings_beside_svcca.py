"""The claims of the companion papers are decided again with another metric or measure."""

import pytest

from lib.analyses.icann2020.analysis import READINGS
from lib.analyses.icann2020.claims import CLAIMS as ICANN
from lib.analyses.icann2020.tables import LANDSCAPE, POTENTIALS
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import HOLDS

from .icann2020.minima import minima


def cells(results, which, readings_of):
    """{claim: {reading: its cell}} of the claims that a reading concerns; all hold as declared."""
    found = readings.decide_again(results, claims.evaluate(results, which), readings_of)
    assert set(found.declared) == {HOLDS}
    found["cell"] = readings.cells(found)
    found = found[found.key.isin(found.key[found.concerned])]
    return found.pivot(index="key", columns="reading", values="cell").to_dict("index")


def test_the_trace_takes_the_place_of_the_eigenvalue():
    results = minima()
    rows = results.table(LANDSCAPE)
    low = (rows.quantity == "trace") & (rows.experiment == "lenet5")
    results.table(LANDSCAPE).loc[low, "value"] = 1.0
    found = cells(results, ICANN, READINGS)["icann2020-sharper-lenet5"]
    assert found["Trace"] == "does not"
    assert found["Near"] == found["Last layer"] == readings.UNCHANGED


@pytest.mark.parametrize(("short", "radius"), [("Near", 0.05), ("Far", 0.4)])
def test_the_increase_at_another_distance(short, radius):
    results = minima()
    rows = results.table(LANDSCAPE)
    at = (rows.quantity == "increase") & (rows.radius == radius) & (rows.experiment == "lenet5")
    results.table(LANDSCAPE).loc[at, "value"] = 0.0
    found = cells(results, ICANN, READINGS)["icann2020-steeper-lenet5"]
    assert found[short] == "does not"
    assert found["Trace"] == readings.UNCHANGED


def test_layers_weigh_alike_or_only_the_last_one_counts():
    """The claim now fails in the small first layer, but not in the large last one."""
    results = minima()
    rows = results.table(POTENTIALS)
    small = (rows.layer == "small") & (rows.experiment == "lenet5") & (rows.iteration == 12)
    results.table(POTENTIALS).loc[small, "entropy"] = 0.1
    found = cells(results, ICANN, READINGS)["icann2020-entropy-lenet5"]
    assert found["Last layer"] == "holds"
    assert found["Layers alike"] == "does not"
