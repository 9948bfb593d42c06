"""The claims of the companion papers are decided again with another metric or measure."""

import pytest

from lib.analyses.readings_beside_svcca import OF_SVCCA
from lib.analyses.wacv2020.claims import CLAIMS as WACV
from lib.analyses.wacv2020.claims import SHOWN_TITLES
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import HOLDS

from ..book.claims.worlds import curve
from .test_claims import WORLDS


def wacv(**cka):
    """The world of WACV 2020, where CKA was measured as well: pruned networks, and others."""
    curves = {}
    for network in SHOWN_TITLES:
        curves[network, "cka", ""] = curve(out=cka["pruned"])
        curves[f"{network}_independent", "cka", ""] = curve(out=cka["others"])
    return WORLDS["wacv2020"].but(curves=curves).results()


def cells(results, which, readings_of):
    """{claim: {reading: its cell}} of the claims that a reading concerns; all hold as declared."""
    found = readings.decide_again(results, claims.evaluate(results, which), readings_of)
    assert set(found.declared) == {HOLDS}
    found["cell"] = readings.cells(found)
    found = found[found.key.isin(found.key[found.concerned])]
    return found.pivot(index="key", columns="reading", values="cell").to_dict("index")


def test_another_metric_takes_the_place_of_svcca():
    found = cells(wacv(pruned=0.9, others=0.3), WACV, OF_SVCCA)
    evolves = found["wacv2020-evolves-conv4"]
    assert evolves["CKA"] == "does not"
    assert evolves["NBS"] == evolves["CKA, same matrix"] == "-"
    found = cells(wacv(pruned=0.4, others=0.3), WACV, OF_SVCCA)
    assert found["wacv2020-evolves-conv4"]["CKA"] == "holds"


def test_a_network_without_the_other_metric_is_not_compared():
    """Never CKA of the one with SVCCA of the other."""
    found = cells(wacv(pruned=0.9, others=0.3), WACV, OF_SVCCA)
    assert found["wacv2020-representation-conv4"]["CKA"] == "-"


def test_chance_counts_as_nothing():
    results = WORLDS["wacv2020"].but(nulls={"svcca": 0.29}).results()
    changed = OF_SVCCA[-1].change(results).similarity
    mine = changed[changed.experiment == "conv4_independent"]
    assert mine.value.min() == pytest.approx((0.3 - 0.29) / 0.71, abs=0.01)
