"""What may be the reason for a claim that fails, in made-up worlds where it is known."""

from lib.claims import reasons
from lib.claims import show as claims
from lib.claims.engine import FAILS, decide

from .claim_world import PAPERS_WORLD, curve

BOUND = "vgg16_bn-cka-bound"  # above 0.75 everywhere


def failed(results, key):
    outcome = decide(next(claim for claim in claims.PAPER if claim.key == key), results)
    assert outcome.verdict == FAILS
    return [outcome]


def said(key, **changes):
    results = PAPERS_WORLD.but(**changes).results()
    return reasons.reasons(results, failed(results, key))[key]


def low(end):
    return curve(conv1_1=0.97, out=end)


def test_a_reading_in_which_the_claim_holds_is_a_reason():
    gains = {"vgg16_bn": lambda left: -5 * (left < 0.05)}
    found = said("vgg16_bn-accuracy-comparable", gains=gains)
    assert found == ["it holds if pruning stops when a tenth of the weights is left"]


def test_narrower_networks_that_lie_further_away_speak_for_the_width():
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_slim", "cka", ""): low(0.4)}
    assert "the width: networks half as wide lie further away" in said(BOUND, curves=curves)


def test_briefer_re_trainings_that_lie_nearer_speak_against_them():
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_brief", "cka", ""): low(0.7)}
    found = said(BOUND, curves=curves)
    assert "not the re-trainings: with briefer ones it lies nearer" in found


def test_scales_that_change_nothing_are_no_reason():
    curves = {("vgg16_bn", "cka", ""): low(0.6), ("vgg16_bn_slim", "cka", ""): low(0.6)}
    assert not any("wide" in text for text in said(BOUND, curves=curves))


def test_a_near_miss_is_called_one():
    near = "a near miss, too small to be seen in a figure"
    assert near in said(BOUND, curves={("vgg16_bn", "cka", ""): low(0.72)})
    assert near not in said(BOUND, curves={("vgg16_bn", "cka", ""): low(0.6)})


def test_points_of_accuracy_are_no_similarities():
    found = said("vgg16_bn-accuracy-comparable", gains={"vgg16_bn": lambda left: -1.04})
    assert found == []


def test_the_table_and_the_summary_tell_what_has_no_reason():
    results = PAPERS_WORLD.but(gains={"vgg16_bn": lambda left: -5.0}).results()
    outcomes = failed(results, "vgg16_bn-accuracy-comparable")
    row = reasons.table(results, outcomes).rows[0]
    assert row[1].endswith("percentage points")
    assert float(row[1].split()[0]) > 3.5
    assert row[2] == reasons.NONE
    assert 'speaks to 0. Nothing does to 1: "No pruned' in reasons.summary(results, outcomes)


def test_without_a_failing_claim_there_is_nothing_to_explain():
    results = PAPERS_WORLD.results()
    assert reasons.table(results, []).rows == ()
    assert reasons.summary(results, []) == "There is no claim that does not hold."
