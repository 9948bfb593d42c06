"""Claims decided again, in other readings and by slim networks, in worlds with a known reason."""

import dataclasses
import math

import pytest

from lib.analyses.main_paper import analysis
from lib.analyses.main_paper.analysis import READINGS, slim_instead
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book import claims
from lib.book.claims import readings
from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED

from ...book.claims.worlds import PAPERS_WORLD, curve
from .violations import VIOLATIONS

BOUND = "vgg16_bn-cka-bound"  # above 0.75 everywhere
ACCURATE = "vgg16_bn-accuracy-comparable"


def low(end):
    return curve(conv1_1=0.97, out=end)


def again(results, key, which):
    """{reading: its row} of a claim that does not hold."""
    outcome = claims.decide(next(c for c in PAPER_CLAIMS if c.key == key), results)
    assert outcome.verdict == FAILS, outcome.nearest.measured
    return readings.decide_again(results, [outcome], which).set_index("reading")


def read(key, **changes):
    return again(PAPERS_WORLD.but(**changes).results(), key, READINGS).verdict


def by_slim(key, wide, slim):
    """The row of a claim that does not hold in wide networks."""
    reading = slim_instead(PAPERS_WORLD.but(**slim).results())
    return again(PAPERS_WORLD.but(**wide).results(), key, [reading]).loc["Slim"]


def test_a_claim_that_fails_because_of_the_matrix():
    """NBS stays high only where it sees channels."""
    found = read(
        "vgg16_bn-nbs-bound",
        curves={
            ("vgg16_bn", "nbs", ""): curve(conv1_1=0.2, pool5=0.2, out=0.9),
            ("vgg16_bn", "nbs", "channels"): curve(conv1_1=0.95),
        },
    )
    assert (found["One matrix"], found["A tenth"]) == (HOLDS, FAILS)


def test_a_claim_that_fails_after_a_tenth_only():
    found = read(ACCURATE, gains={"vgg16_bn": lambda left: -5 * (left < 0.05)})
    assert (found["A tenth"], found["One matrix"]) == (HOLDS, FAILS)


def test_chance_counts_as_zero():
    results = PAPERS_WORLD.but(nulls={"cka": 0.7}).results()
    other = READINGS[2].change(results).similarity
    before, after = (
        table[(table.metric == "cka") & (table.reshape == "flat")].value
        for table in (results.similarity, other)
    )
    assert after.to_numpy() == pytest.approx(((before - 0.7) / 0.3).clip(lower=0).to_numpy())
    cosine = other[other.metric == "cosine"].value
    assert cosine.equals(results.similarity[results.similarity.metric == "cosine"].value)


def test_what_the_results_lack_is_not_measured():
    results = PAPERS_WORLD.but(**VIOLATIONS[BOUND]).results()
    rows = results.similarity
    poorer = dataclasses.replace(results, similarity=rows[rows.reshape != "channels"])
    found = again(poorer, BOUND, READINGS)
    assert found.verdict[["One matrix", "Image means"]].eq(NOT_MEASURED).all()
    assert not found.concerned[["One matrix", "Image means"]].any()


def test_a_reading_that_changes_nothing_of_a_claim_leaves_it_unchanged():
    """Accuracies do not depend on metrics."""
    results = PAPERS_WORLD.but(gains={"vgg16_bn": lambda left: -5.0}).results()
    found = again(results, ACCURATE, READINGS)
    assert readings.cells(found).drop("A tenth").isin([readings.UNCHANGED, "-"]).all()


def test_without_a_claim_there_is_nothing_to_read():
    found = readings.decide_again(PAPERS_WORLD.results(), [], READINGS)
    assert readings.readings_table(found).rows == ()


@pytest.mark.parametrize(
    ("end", "way"), [(0.4, readings.FURTHER_AWAY), (0.7, readings.NEARER), (0.6, readings.SAME)]
)
def test_the_direction_in_which_slim_networks_move_a_claim(end, way):
    wide, slim = ({"curves": {("vgg16_bn", "cka", ""): low(at)}} for at in (0.6, end))
    row = by_slim(BOUND, wide, slim)
    assert (row.verdict, row.direction, row.on_its_side) == (FAILS, way, False)


def test_a_claim_that_holds_in_slim_networks():
    row = by_slim(BOUND, {"curves": {("vgg16_bn", "cka", ""): low(0.6)}}, {})
    assert (row.verdict, row.direction, row.on_its_side) == (HOLDS, readings.NEARER, True)


def test_accuracies_are_those_of_the_slim_networks_too():
    wide, slim = ({"gains": {"vgg16_bn": lambda left, x=x: x}} for x in (-5.0, -9.0))
    row = by_slim(ACCURATE, wide, slim)
    assert row.measured_so.startswith(("\u22129.0", "\u22128.9"))
    assert row.direction == readings.FURTHER_AWAY


def test_the_same_rules_on_the_paper_s_scale():
    """A reading may be another study; with one network only the side of the mean is known."""
    slim = PAPERS_WORLD.but(
        curves={("resnet_fast", "nbs", ""): curve(prep=0.97, res3_1=0.6, out=0.95)}
    ).results()
    for networks, decided in ((3, True), (1, False)):
        full = PAPERS_WORLD.results(networks)
        reading = readings.SensitivityAnalysis("Full scale", "", lambda _, full=full: full)
        row = again(slim, "resnet_fast-nbs-lowest", [reading]).loc["Full scale"]
        assert row.on_its_side
        assert (row.verdict == HOLDS) is decided


def why_not(world, slim):
    """Of the claim on CKA of VGG16_BN, where it does not hold."""
    results = world.results()
    failed = [claims.decide(next(c for c in PAPER_CLAIMS if c.key == BOUND), results)]
    otherwise = readings.decide_again(results, failed, READINGS)
    decided = readings.decide_again(results, failed, [slim_instead(slim)])
    [row] = analysis.why_not(failed, otherwise, decided).to_dict("records")
    return row


def test_why_a_claim_does_not_hold():
    """CKA is too low, most of all in slim networks, and not on the channels."""
    curves = {
        ("vgg16_bn", "cka", ""): curve(conv1_1=0.97, pool5=0.6, out=0.97),
        ("vgg16_bn", "cka", "channels"): curve(conv1_1=0.97),
    }
    slim = PAPERS_WORLD.but(curves={("vgg16_bn", "cka", ""): low(0.45)}).results()
    row = why_not(PAPERS_WORLD.but(curves=curves), slim)
    assert row["Misses by"].startswith("0.1")
    assert row["Holds if"] == "One matrix"
    assert row["Slim networks"].startswith("0.4")
    assert row["Slim networks"].endswith("does not, further away")


def test_without_slim_networks_nothing_is_said_of_them():
    world = PAPERS_WORLD.but(curves={("vgg16_bn", "cka", ""): low(0.6)})
    nothing = dataclasses.replace(world.results(), provenance={"experiments": {}})
    assert math.isnan(why_not(world, nothing)["Slim networks"])


def test_a_claim_that_holds_as_declared_does_not_hold_only_if_measured_otherwise():
    """Other networks than those by which a claim failed may decide the readings."""
    results = PAPERS_WORLD.but(curves={("vgg16_bn", "cka", ""): low(0.6)}).results()
    failed = [claims.decide(next(c for c in PAPER_CLAIMS if c.key == BOUND), results)]
    elsewhere = PAPERS_WORLD.results()
    declared = claims.evaluate(elsewhere, [outcome.claim for outcome in failed])
    otherwise = readings.decide_again(elsewhere, declared, READINGS)
    assert (otherwise.verdict == HOLDS).any()
    slim = readings.decide_again(results, failed, [slim_instead(elsewhere)])
    assert analysis.why_not(failed, otherwise, slim)["Holds if"].isna().all()


def test_without_a_failed_claim_there_is_nothing_to_explain():
    results = PAPERS_WORLD.results()
    otherwise = readings.decide_again(results, [], READINGS)
    assert analysis.why_not([], otherwise, otherwise).empty
