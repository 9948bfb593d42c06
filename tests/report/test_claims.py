"""A claim is decided by a whole interval, and a sentence fails on each verdict but one."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lib.report import MARGIN, NETWORK, Claims, decide, holm, intervals
from lib.report import claims as module
from lib.report.claims import p_value
from lib.report.tables import jackknife_intervals
from lib.repository import ROOT

VERDICTS = ["holds", "does not hold", "inconclusive", "too few networks"]
WHERE = {
    "holds": [0.5, 0.6, 0.7],
    "does not hold": [-0.5, -0.6, -0.7],
    "inconclusive": [-0.5, 0.1, 0.6],
    "too few networks": [0.5],
}


def frame(**values):
    parts = {
        name: pd.Series(v, pd.Index(range(len(v)), name=NETWORK)) for name, v in values.items()
    }
    return intervals(pd.concat(parts, names=["network"]))


@pytest.fixture
def claims(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PUBLISHED", tmp_path)
    monkeypatch.setattr(module, "glue", lambda **marks: kept.update(marks))
    kept.clear()
    return Claims("page", ROOT / "results")


kept: dict[str, object] = {}


@pytest.mark.parametrize("found", VERDICTS)
def test_a_sentence_fails_on_each_verdict_but_one(claims, found):
    claims.each("{network}-rises", "{network} rises.", frame(a=WHERE[found]), above=0)
    claims.expect({"rise": {found: ["*-rises"]}})
    for expected in set(VERDICTS) - {found}:
        fault = f'rise: a-rises, "a rises." is expected: {expected}; found: {found}'
        with pytest.raises(AssertionError, match=fault):
            claims.expect({"rise": {expected: ["*-rises"]}})


def test_equal_networks_are_equivalent_and_noise_is_inconclusive():
    same = pd.Series([0.3, 0.5, 0.4], pd.Index(range(3), name=NETWORK))
    row = intervals(same - same).iloc[0]
    assert row["mean"] == 0
    assert decide(row, above=-MARGIN, below=MARGIN) == "holds"
    noisy = intervals(same - same[::-1].to_numpy()).iloc[0]
    assert decide(noisy, above=0) == decide(noisy, below=0) == "inconclusive"


def test_networks_that_agree_are_counted_and_have_no_p_value(claims):
    claims.each("{network}", "{network} rises.", frame(a=[1.0, 1.0, 1.0]), above=0.5)
    row = claims.table().loc["a"]
    assert (row.measured, row.verdict, row.p) == ("1.000 (3 of 3)", "holds", "")
    # also where their last digits pass the lowest number
    below = pd.Series(np.nextafter(-1, -2), pd.Index(range(3), name=NETWORK))
    row = intervals(below, lowest=-1).iloc[0]
    assert row["mean"] < row.low == row.high == -1
    assert np.isnan(p_value(row, below=0))


@pytest.mark.parametrize("unit", ["points", "of relative similarity"])
def test_a_row_has_the_names_the_unit_and_the_number_of_networks(claims, unit):
    loses = frame(vgg16_bn=[1, 2, 2.5])
    claims.each("{network}-x", "{network} loses.", loses, above=0, unit=unit)
    row = claims.table().loc["vgg16_bn-x"]
    assert row.sentence == "VGG16_BN loses."
    assert row.measured == f"1.83 (\u22120.06 to 3.73) {unit}, n = 3"


@pytest.mark.parametrize("other", VERDICTS)
def test_a_sentence_of_two_parts_needs_both(claims, other):
    claims.each("{network}", "{network} rises, then falls.", frame(a=WHERE["holds"]), above=0)
    claims.also("{network}", frame(a=WHERE[other]), above=0)
    row = claims.table().loc["a"]
    assert row.verdict == other
    parts = ["0.600 (0.352 to 0.848), n = 3", claims._claims["a"].rules[1].measured]
    assert row.measured == "; ".join(parts)
    p = p_value(frame(a=WHERE[other]).iloc[0], above=0)
    assert row.p == ("" if np.isnan(p) else f"{p:.2g}")


@pytest.mark.parametrize(
    ("tolerance", "verdict"), [(0.55, "does not hold"), (0.65, "missed narrowly")]
)
def test_a_bound_that_is_barely_missed_refutes_nothing(claims, tolerance, verdict):
    missed = frame(a=WHERE["does not hold"])
    claims.each("{network}", "{network} rises.", missed, above=0, tolerance=tolerance)
    row = claims.table().loc["a"]
    assert row.verdict == verdict
    assert row.measured == "\u22120.600 (\u22120.848 to \u22120.352), n = 3"


@pytest.mark.parametrize("found", ["holds", "does not hold", "too few networks"])
def test_a_caveat_makes_a_claim_inconclusive_and_stands_in_the_table(claims, found):
    claims.each("{network}", "{network} rises.", frame(a=WHERE[found]), above=0, caveat="slow")
    row = claims.table().loc["a"]
    assert row.verdict == (found if found == "too few networks" else "inconclusive")
    assert row.measured.endswith(", slow")
    assert row.p == ""


def test_one_claim_on_all_layers_needs_all_of_them(claims):
    layers = frame(a=WHERE["holds"], b=WHERE["inconclusive"], c=WHERE["does not hold"])
    layers = layers.rename_axis("layer")
    for name, some in {"one": ["a"], "two": ["a", "b"], "three": ["a", "b", "c"]}.items():
        claims.each(name, "Every layer rises.", layers.loc[some], above=0, every="layer")
    table = claims.table()
    assert list(table.verdict) == ["holds", "inconclusive", "does not hold"]
    assert list(table.measured) == ["1 of 1 layers", "1 of 2 layers", "1 of 3 layers, 1 against"]


def test_single_numbers_are_decided_one_by_one(claims):
    index = pd.MultiIndex.from_product([["a", "b"], ["33 %", "11 %"]], names=["network", "left"])
    numbers = pd.Series([0.05, 0.2, 0.01, 0.02], index)
    claims.each("{network}-small", "{network} is small.", numbers, below=0.1, every="case")
    table = claims.table()
    assert list(table.index) == ["a-small", "b-small"]
    assert list(table.verdict) == ["does not hold", "holds"]
    assert list(table.measured) == ["1 of 2 cases, 1 against", "2 of 2 cases"]


def test_a_claim_needs_a_bound_and_a_key_of_its_own(claims):
    with pytest.raises(ValueError, match="needs a bound"):
        claims.each("{network}", "?", frame(a=[1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match="decided twice"):
        claims.each("same", "?", frame(a=[1.0, 2.0, 3.0], b=[1.0, 2.0, 3.0]), above=0)
    with pytest.raises(ValueError, match="a has no sentence: decide it with `each` first"):
        claims.also("{network}", frame(a=WHERE["holds"]), above=0)


def test_every_claim_needs_a_finding_and_every_finding_a_claim(claims):
    claims.each("{network}", "{network} rises.", frame(a=WHERE["holds"]), above=0)
    with pytest.raises(AssertionError, match="no finding rests on it"):
        claims.expect({})
    with pytest.raises(AssertionError, match="rise: no claim is called b"):
        claims.expect({"rise": {"holds": ["a", "b"]}})


def test_a_finding_may_rest_on_a_claim_of_another_page(claims, tmp_path):
    other = Claims("other", ROOT / "results")
    for page in (claims, other):
        page.each("{network}", "{network} rises.", frame(a=WHERE["holds"]), above=0)
    other.expect({"rise": {"holds": ["a"]}})
    claims.expect({"rise": {"holds": ["*"]}, "both": {"holds": ["a", "other/*"]}})
    written = pd.read_csv(tmp_path / "page.csv")
    assert list(written.columns) == ["key", "sentence", "measured", "verdict", "p"]
    assert repr(kept["rests-rise"]) == "Rests on 1 claim"
    assert repr(kept["rests-both"]) == "Rests on 2 claims"
    with pytest.raises(AssertionError, match="fall: other/a"):
        claims.expect({"rise": {"holds": ["a"]}, "fall": {"does not hold": ["other/a"]}})


def test_the_last_pattern_that_fits_a_claim_counts(claims):
    claims.each(
        "{network}", "{network} rises.", frame(a=WHERE["holds"], b=WHERE["does not hold"]), above=0
    )
    claims.expect({"rise": {"holds": ["*"], "does not hold": ["b"]}})
    with pytest.raises(AssertionError, match='rise: b, "b rises." is expected: holds'):
        claims.expect({"rise": {"does not hold": ["b"], "holds": ["*"]}})


def test_a_page_reads_no_claims_that_another_page_is_writing(claims, tmp_path):
    (tmp_path / "other.csv").touch()
    claims.each("{network}", "{network} rises.", frame(a=WHERE["holds"]), above=0)
    claims.expect({"rise": {"holds": ["a"]}})


@pytest.mark.parametrize("others", [(), (ROOT / "results",)])
def test_in_a_study_of_ones_own_a_contradicted_finding_gets_a_mark(claims, tmp_path, others):
    own = Claims("page", *others, tmp_path)
    rows = frame(a=WHERE["inconclusive"])
    own.each("{network}", "{network} <rises>.", rows, above=0, caveat="n < 5")
    own.expect({"rise": {"holds": ["a"]}, "fall": {"holds": ["b"]}})
    mark = kept["rests-rise"]
    assert repr(mark) == "This study finds otherwise: 1 of 1 claims"
    assert "a &lt;rises&gt;. <b>inconclusive</b> (" in mark._repr_html_()
    assert ", n &lt; 5)</li>" in mark._repr_html_()
    assert repr(kept["rests-fall"]) == "This study has not measured what this rests on"
    assert (tmp_path / "claims" / "page.csv").exists()


def test_verdicts_under_other_margins(claims):
    visible = frame(a=[0.15, 0.16, 0.17])
    claims.each("{network}", "{network} is visible.", visible, above=MARGIN, margins=True)
    claims.each("{network}-by-chance", "{network} is above a tenth.", visible, above=MARGIN)
    table = claims.by_margin()
    assert table.index.tolist() == ["a is visible."]
    assert table.iloc[0].tolist() == ["holds", "holds", "does not hold"]


@pytest.mark.parametrize("found", VERDICTS[:3])
def test_p_values_are_those_of_students_test(found):
    row = frame(a=WHERE[found]).iloc[0]
    above = stats.ttest_1samp(WHERE[found], 0, alternative="greater").pvalue
    assert p_value(row, above=0) == pytest.approx(min(above, 1 - above))
    assert (p_value(row, above=0) < 0.025) == (found != "inconclusive")


def test_a_bound_at_the_end_of_an_interval_has_p_0_025():
    """Also where one group of units varies most, and the interval has few degrees of freedom."""
    units = pd.DataFrame({"a": [0.1, 0.5, 0.9, 0.4, 0.5, 0.6]}, index=list("xxxyyy"))
    of_groups = jackknife_intervals(pd.Series({"a": 0.5}), units).iloc[0]
    assert of_groups.freedom < 3 < of_groups.n - 1
    for row in (frame(a=WHERE["holds"]).iloc[0], of_groups):
        assert p_value(row, above=row.low) == pytest.approx(0.025)
        assert p_value(row, below=row.high) == pytest.approx(0.025)


def test_a_tiny_p_value_has_its_digits():
    numbers = np.linspace(0.5, 0.6, 15)
    p = stats.ttest_1samp(numbers, 0, alternative="greater").pvalue
    assert p < 1e-14
    assert p_value(frame(a=numbers).iloc[0], above=0) == pytest.approx(p, rel=1e-6, abs=0)


def test_holm_adjusts_for_the_number_of_tests():
    p = pd.Series([0.03, 0.01, np.nan, 0.031], list("abcd"))
    assert holm(p).dropna().to_dict() == pytest.approx({"a": 0.06, "b": 0.03, "d": 0.06})
    assert np.isnan(holm(p)["c"])
