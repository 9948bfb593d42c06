"""Earlier verdicts stand beside those of today."""

from lib.analyses.headline.earlier import first_study, then_and_now, ways_then_and_now
from lib.book.claims.engine import VERDICTS
from lib.book.claims.equal import UNKNOWN
from lib.book.report.results import load_results, results_if_any

from ...book.report.made_up import write_results


def test_every_verdict_has_a_counterpart_on_the_published_tables():
    table = then_and_now(load_results("results"))
    assert len(table) == 12
    closer = table.loc["closer than independent networks"]
    by_cka = closer[closer.Metric == "CKA"].set_index("Network").Today
    # the margin of 0.05 could not say so where independent networks stand at 0.95
    assert by_cka["VGG_SVHN"] == "closer"
    assert (closer.Today != UNKNOWN).all()


def test_a_study_without_controls_has_no_verdict_to_compare(tmp_path):
    table = then_and_now(load_results(write_results(tmp_path / "results", runs=[(0, 0)])))
    assert (table.loc["closer than independent networks"].Today == UNKNOWN).all()
    assert (table.loc["pruning costs no accuracy"].Today == UNKNOWN).all()


def test_verdicts_on_ways_to_prune_are_those_that_the_rule_has_changed(tmp_path):
    table = ways_then_and_now(load_results("results/chapters/prunings"))
    assert len(table) == 12
    assert (table.Earlier != table.Today).all()
    assert (table.Today == UNKNOWN).sum() == 11
    assert ways_then_and_now(results_if_any(tmp_path / "none")).empty


def test_the_verdicts_of_the_first_study_are_kept_with_a_reason_for_each_change():
    for paper, claims in {"main paper": 99, "icpram2020": 8, "wacv2020": 18}.items():
        table = first_study(paper)
        assert len(table) == claims
        assert set(table["The same, rule of November 2026"]) <= {*VERDICTS, "-"}
        assert (table.Why != "").all()
