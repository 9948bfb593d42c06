"""Earlier verdicts stand beside those of today."""

from lib.analyses.headline.earlier import first_study, ways_then_and_now
from lib.analyses.main_paper.claims import EVERY_CLAIM
from lib.book.claims.engine import VERDICTS, evaluate
from lib.book.claims.equal import UNKNOWN
from lib.book.report.results import load_results, results_if_any

from ...book.claims.worlds import PAPERS_WORLD


def test_verdicts_on_ways_to_prune_are_those_that_the_rule_has_changed(tmp_path):
    table = ways_then_and_now(load_results("results/chapters/prunings"))
    assert len(table) == 12
    assert (table.Earlier != table.Today).all()
    assert (table.Today == UNKNOWN).sum() == 11
    assert ways_then_and_now(results_if_any(tmp_path / "none")).empty


def test_the_verdicts_of_the_first_study_are_kept_with_a_reason_for_each_change():
    for paper, claims in {"main paper": 99, "wacv2020": 18}.items():
        table = first_study(paper)
        assert len(table) == claims
        assert set(table["The same, rule of November 2026"]) <= {*VERDICTS, "-"}
        assert (table.Why != "").all()


def test_each_claim_of_the_main_paper_is_followed_to_what_is_said_today():
    then = first_study("main paper")
    table = first_study("main paper", evaluate(PAPERS_WORLD.results(), EVERY_CLAIM))
    assert list(table) == [*list(then)[:-1], "Until 2026-11-26", "Today"]
    assert table["Until 2026-11-26"].equals(then["November 2026"].rename("Until 2026-11-26"))
    assert {said.rpartition(": ")[2] for said in table.Today} <= {*VERDICTS}
