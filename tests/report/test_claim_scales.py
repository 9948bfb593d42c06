"""Claims that fail, on networks of a smaller scale: made-up worlds with a known dependence."""

import pytest

from lib.claims import scales
from lib.claims import show as claims
from lib.claims.engine import FAILS, HOLDS, Rule, decide

from .claim_world import PAPERS_WORLD, curve

KEY = "vgg16_bn-cka-bound"  # above 0.75 everywhere
LOW = curve(conv1_1=0.97, out=0.6)


def world(**slim):
    """CKA of VGG16_BN falls too low, and the slim network has a curve of its own."""
    curves = {("vgg16_bn", "cka", ""): LOW}
    curves |= {(f"vgg16_bn_{suffix}", "cka", ""): points for suffix, points in slim.items()}
    return PAPERS_WORLD.but(curves=curves).results()


def failed(results, *keys):
    found = [decide(c, results) for c in claims.PAPER if c.key in (keys or (KEY,))]
    assert all(outcome.verdict == FAILS for outcome in found)
    return found


@pytest.mark.parametrize(
    ("end", "way"), [(0.4, scales.FURTHER), (0.7, scales.NEARER), (0.6, scales.SAME)]
)
def test_the_direction_in_which_a_smaller_scale_moves_a_claim(end, way):
    results = world(slim=curve(conv1_1=0.97, out=end))
    outcomes = failed(results)
    row = scales.table(results, outcomes).rows[0]
    assert row[1] == "above 0.75"
    assert row[3].endswith(f": does not, {way}")
    assert row[4] == "-"


def test_a_claim_that_holds_at_the_other_scale():
    results = world(brief=curve(conv1_1=0.97, out=0.9))
    outcomes = failed(results)
    assert scales.outcomes(results, outcomes).loc[KEY, "brief"].verdict == HOLDS
    assert f"holds, {scales.NEARER}" in scales.table(results, outcomes).rows[0][4]
    text = scales.summary(results, outcomes)
    assert "**Half as wide**: not measured here." in text
    assert "**Briefer re-trainings** (VGG16_BN): of 1 claim, 0 lie further" in text
    assert "1 nearer" in text
    assert "1 would hold" in text


def test_other_networks_and_the_controls_stay():
    results = world(slim=curve(conv1_1=0.97, out=0.4))
    before, after = results.similarity, scales.scaled(results, "slim").similarity
    others = [name for name in before.experiment.unique() if not name.startswith("vgg16_bn")]
    for name in [*others, "vgg16_bn_trained_on"]:
        assert before[before.experiment == name].equals(after[after.experiment == name])
    assert "vgg16_bn_slim" not in set(after.experiment)
    assert after[(after.experiment == "vgg16_bn") & (after.metric == "svcca")].empty


def test_a_claim_of_another_network_is_not_in_the_table():
    results = PAPERS_WORLD.but(
        curves={
            ("resnet_fast", "cka", ""): curve(prep=0.94, out=0.5),
            ("vgg16_bn_slim", "cka", ""): LOW,
        }
    ).results()
    table = scales.table(results, failed(results, "resnet_fast-cka-bound"))
    assert table.rows == ()
    assert scales.scaled(results, "brief") is None


def test_the_gap_of_a_rule_with_two_thresholds():
    rule = Rule("a quantity", lambda results: None, above=0.3, below=0.4)
    assert scales.gap(rule, 0.35) == pytest.approx(-0.05)
    assert scales.gap(rule, 0.2) == pytest.approx(0.1)
    assert scales.gap(rule, 0.6) == pytest.approx(0.2)


def test_accuracies_are_those_of_the_other_scale_too():
    results = PAPERS_WORLD.but(
        gains={"vgg16_bn": lambda left: -5.0, "vgg16_bn_slim": lambda left: -9.0}
    ).results()
    outcomes = failed(results, "vgg16_bn-accuracy-comparable")
    other = scales.outcomes(results, outcomes).loc["vgg16_bn-accuracy-comparable", "slim"]
    assert other.measurement.mean == pytest.approx(-9, abs=0.1)
    assert scales.direction(outcomes[0], other) == scales.FURTHER
