"""Earlier verdicts stand beside those of today."""

from lib.analyses.headline.earlier import then_and_now
from lib.book.claims.equal import UNKNOWN
from lib.book.report.results import load_results

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
