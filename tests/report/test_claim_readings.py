"""A claim that fails is decided again in other readings of made-up worlds with a known reason."""

import dataclasses

import pytest

from lib.claims import readings
from lib.claims import show as claims
from lib.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide

from .claim_violations import VIOLATIONS
from .claim_world import PAPERS_WORLD, curve


def by_key(key):
    return next(claim for claim in claims.CLAIMS if claim.key == key)


def verdicts(world, key):
    results = world.results()
    outcome = decide(by_key(key), results)
    assert outcome.verdict == FAILS, outcome.measured
    return readings.verdicts(results, [outcome]).loc[key].to_dict()


def test_a_claim_that_fails_because_of_the_matrix():
    """NBS stays high only where it sees channels."""
    world = PAPERS_WORLD.but(
        curves={
            ("vgg16_bn", "nbs", ""): curve(conv1_1=0.2, pool5=0.2, out=0.9),
            ("vgg16_bn", "nbs", "channels"): curve(conv1_1=0.95),
        }
    )
    found = verdicts(world, "vgg16_bn-nbs-bound")
    assert found["One matrix"] == HOLDS
    assert found["Training"] == FAILS


def test_a_claim_that_fails_because_of_the_training():
    """Networks that were only trained on have lost as much as this one."""
    low = curve(conv1_1=0.97, out=0.5)
    world = PAPERS_WORLD.but(
        curves={("vgg16_bn", "cka", ""): low, ("vgg16_bn_trained_on", "cka", ""): low}
    )
    found = verdicts(world, "vgg16_bn-cka-bound")
    assert found["Training"] == HOLDS
    assert found["A tenth"] == FAILS


def test_a_claim_that_fails_after_a_tenth_only():
    gains = {"vgg16_bn": lambda left: -5 * (left < 0.05)}
    found = verdicts(PAPERS_WORLD.but(gains=gains), "vgg16_bn-accuracy-comparable")
    assert found["A tenth"] == HOLDS
    assert found["One matrix"] == FAILS


def test_chance_counts_as_nothing():
    """The floor lifts CKA above its bound; without the floor it is as low as SVCCA."""
    results = PAPERS_WORLD.but(nulls={"cka": 0.7}).results()
    other = readings.READINGS[2].change(results).similarity
    before, after = (
        table[(table.metric == "cka") & (table.reshape == "flat")].value
        for table in (results.similarity, other)
    )
    assert after.to_numpy() == pytest.approx(((before - 0.7) / 0.3).clip(lower=0).to_numpy())
    cosine = other[other.metric == "cosine"].value
    assert cosine.equals(results.similarity[results.similarity.metric == "cosine"].value)


def test_what_the_results_lack_is_not_measured():
    results = PAPERS_WORLD.but(**VIOLATIONS["vgg16_bn-cka-bound"]).results()
    rows = results.similarity[~results.similarity.experiment.str.endswith("trained_on")]
    rows = rows[rows.reshape != "channels"]
    poorer = dataclasses.replace(results, similarity=rows)
    outcome = decide(by_key("vgg16_bn-cka-bound"), poorer)
    found = readings.verdicts(poorer, [outcome]).iloc[0]
    assert found[["One matrix", "Image means", "Training"]].eq(NOT_MEASURED).all()
    assert "Not measured here." in readings.summary(poorer, [outcome])


def test_the_table_has_the_failing_claims_and_no_others():
    results = PAPERS_WORLD.but(**VIOLATIONS["vgg16_bn-cka-bound"]).results()
    outcomes = claims.evaluate(results, claims.PAPER)
    rows = readings.table(results, outcomes).rows
    failed = [outcome for outcome in outcomes if outcome.verdict == FAILS]
    assert [row[0] for row in rows] == [outcome.claim.statement for outcome in failed]
    assert 0 < len(rows) < len(outcomes)
    assert {cell for row in rows for cell in row[2:]} <= set(readings.WORDS.values())


def test_where_all_holds_there_is_nothing_to_explain():
    results = PAPERS_WORLD.results()
    outcomes = claims.evaluate(results, claims.PAPER)
    assert readings.table(results, outcomes).rows == ()
    assert readings.summary(results, outcomes) == "There is no claim that does not hold."
