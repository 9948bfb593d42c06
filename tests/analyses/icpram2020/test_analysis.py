"""The tables of the page on ICPRAM 2020, on a made-up world."""

import math
from dataclasses import replace

import pytest

from lib.analyses.icpram2020 import analysis, claims
from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED, evaluate
from lib.book.report.statistics import Interval

from ...book.claims.worlds import curve
from ..test_claims import WORLDS

CURVES = {
    (name, metric, ""): curve(conv1_1=0.9, fc2=low, out=0.95)
    for name, low in ((claims.RATE, 0.5), (claims.HARDEST, 0.4))
    for metric in ("pwcca", "cka", "nbs")
}
STUDY = WORLDS["icpram2020"].but(curves=CURVES).results()


def test_a_row_of_the_tasks_has_the_parts_of_the_network():
    row = analysis.of_tasks(STUDY).loc["two classes"]
    assert row["Complete, %"] == pytest.approx(90)
    parts = row[["First", "Middle", "Hidden connected", "Output"]].tolist()
    assert parts == pytest.approx([0.9, 0.75, 0.85, 0.95], abs=0.01)
    assert row["Lowest at"] in ("conv2_1", "conv2_2")
    assert row["Null"] == pytest.approx(0.05)


def test_two_ways_are_furthest_apart_where_their_curves_are():
    table = analysis.two_ways(STUDY, {"weights": claims.HARDEST, "rate": claims.RATE})
    assert table.loc["CKA", "Furthest apart at"] == "fc2"
    assert table.loc["CKA", "By"] == pytest.approx(0.1, abs=0.01)
    assert table.loc["CKA", "Rate"] > table.loc["CKA", "Weights"]


def test_strangers_and_nulls_stand_beside():
    table = analysis.beside_strangers(STUDY, {"null": (claims.RATE, "null_mean")})
    assert table.loc["null"].tolist() == pytest.approx([0.05] * 4)


def test_what_was_not_measured_is_left_out():
    alone = STUDY.provenance["experiments"]
    alone = {name: setting for name, setting in alone.items() if name != claims.RATE}
    poorer = replace(STUDY, provenance=STUDY.provenance | {"experiments": alone})
    assert "all ten, rate rewound" not in analysis.of_tasks(poorer).index
    assert analysis.two_ways(poorer, {"weights": claims.HARDEST, "rate": claims.RATE}).empty
    assert analysis.beside_strangers(poorer, {"null": (claims.RATE, "null_mean")}).empty


@pytest.mark.parametrize(("other", "verdict"), [("abc", HOLDS), ("def", FAILS)])
def test_tasks_are_computed_alike_or_not(other, verdict):
    jobs = [
        {"experiment": name, "device": "CPU, 1 threads", "versions": {"torch": "2"}, "revision": r}
        for name, r in (("conv4_two", "abc"), ("conv4_four", other), ("another", "xyz"))
    ]
    study = replace(STUDY, provenance=STUDY.provenance | {"jobs": jobs})
    places = analysis.computed_where(study)
    assert places.loc["two classes"].tolist() == ["CPU, 1 thread", "2", "abc"]
    found = {decided.key: decided.verdict for decided in analysis.computed_alike(places)}
    assert found["icpram2020-same-device"] == HOLDS
    assert found["icpram2020-same-revision"] == verdict


def test_both_readings_of_the_connected_layer_stand_side_by_side():
    table = analysis.two_readings(STUDY, evaluate(STUDY, claims.CLAIMS))
    assert len(table.rows) == len(claims.TASKS) + 1
    claim, output, hidden = table.rows[0]
    assert claim.startswith("With two classes")
    assert output.startswith("0.2")
    assert hidden.startswith("0.1")


@pytest.mark.parametrize(
    ("low", "verdict"),
    [(0.1, "nearer"), (-0.1, "not measurably nearer"), (math.nan, NOT_MEASURED)],
)
def test_an_output_is_nearer_only_beyond_doubt(low, verdict):
    assert analysis.pivot_verdict(Interval(0.2, low, 0.3, 3)) == verdict
