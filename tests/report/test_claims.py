"""The claims: their rules on worlds that satisfy and violate them, the verdicts, the table."""

import dataclasses
import html
import math
import re

import jupytext
import numpy as np
import pytest

from lib import ROOT
from lib.claims import show as claims
from lib.claims.engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    VERDICTS,
    Claim,
    Measurement,
    Rule,
    Sample,
    decide,
    measure,
)

from .claim_violations import VIOLATIONS
from .claim_world import PAPERS_WORLD

each_claim = pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.key)


@pytest.fixture(scope="module")
def world():
    return PAPERS_WORLD.results()


@each_claim
def test_a_claim_holds_in_a_world_that_satisfies_it(claim, world):
    outcome = decide(claim, world)
    assert outcome.verdict == HOLDS, outcome.measured


@each_claim
def test_a_claim_does_not_hold_in_a_world_that_violates_it(claim):
    outcome = decide(claim, PAPERS_WORLD.but(**VIOLATIONS[claim.key]).results())
    assert outcome.verdict == FAILS, outcome.measured


@each_claim
def test_two_runs_decide_nothing(claim):
    outcome = decide(claim, PAPERS_WORLD.results(runs=2))
    assert outcome.verdict == TOO_FEW
    assert outcome.measured.endswith("2 runs")


@each_claim
def test_without_its_experiment_a_claim_is_not_measured(claim, world):
    outcome = decide(claim, dataclasses.replace(world, provenance={"experiments": {}}))
    assert outcome.verdict == NOT_MEASURED
    assert outcome.measured.startswith("no experiment ")


def without(results, **values):
    """The results without the similarity rows that have these values."""
    table = results.similarity
    gone = np.logical_and.reduce([table[column] == value for column, value in values.items()])
    return dataclasses.replace(results, similarity=table[~gone])


def by_key(key):
    return next(claim for claim in claims.CLAIMS if claim.key == key)


@pytest.mark.parametrize(
    ("key", "values", "missing"),
    [
        ("cosine-sinks", {"metric": "cosine"}, "vgg16_bn has no cosine"),
        ("vgg16_bn-nbs-bottom", {"layer": "pool3"}, "no layer pool3"),
        ("vgg16_bn-cka-output", {"kind": "out"}, "no output layer"),
        ("vgg16_bn-channels-cka", {"reshape": "channels", "metric": "cka"}, "CKA on the reshape"),
    ],
)
def test_what_is_missing_is_named(world, key, values, missing):
    outcome = decide(by_key(key), without(world, **values))
    assert outcome.verdict == NOT_MEASURED
    assert missing in outcome.measured


def test_a_missing_column_and_a_sparsity_never_reached_are_named(world):
    table = world.similarity.drop(columns="id_y")
    outcome = decide(by_key("dimension-interior"), dataclasses.replace(world, similarity=table))
    assert outcome.missing == "these results have no column id_y"
    dense = world.performance[world.performance.iteration < 5]
    outcome = decide(
        by_key("vgg16_bn-accuracy-decline"), dataclasses.replace(world, performance=dense)
    )
    assert outcome.verdict == NOT_MEASURED
    assert outcome.missing == "no iteration with 8.0 % to 13 % of the weights left"


def test_no_metric_is_undefined_in_silence(world):
    """A run with a dead layer has no minimum, and the reader learns how many there are."""
    table = world.similarity
    dead = (table.layer == "conv2_1") & (table.metric == "cka") & (table.prune_seed == 0)
    results = dataclasses.replace(world, similarity=table.assign(value=table.value.mask(dead)))
    outcome = decide(by_key("vgg16_bn-cka-bound"), results)
    assert outcome.verdict == TOO_FEW
    assert outcome.measured.endswith("2 runs, 1 undefined")


def test_rules_do_not_depend_on_the_order_of_the_rows(world):
    shuffled = dataclasses.replace(
        world,
        similarity=world.similarity.sample(frac=1, random_state=0),
        performance=world.performance.sample(frac=1, random_state=0),
    )
    assert claims.evaluate(shuffled) == claims.evaluate(world)


def test_there_are_enough_claims_and_each_has_its_own_name():
    assert len(claims.PAPER) >= 25
    assert len(claims.OURS) >= 6
    keys = [claim.key for claim in claims.CLAIMS]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(VIOLATIONS)


@each_claim
def test_a_claim_is_a_sentence_with_a_rule_and_a_figure(claim):
    assert claim.statement.endswith(".")
    assert "{" not in claim.statement
    assert len(claim.statement) < 140
    assert claim.rule.sentence.endswith(f": {claim.rule.threshold}.")
    # No number stands in a statement but the one that decides.
    rest = claim.statement.replace(claim.rule.threshold, "").replace("VGG16_BN", "")
    assert not re.search(r"\d", rest)


@each_claim
def test_a_link_leads_to_a_figure_of_the_book(claim):
    link = claims.link(claim)
    page, _, anchor = link.address.partition(".html#")
    cells = jupytext.read(ROOT / "notebooks" / f"{page}.py").cells
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in cells]
    assert anchor in figures


def test_the_papers_claims_name_their_section_and_ours_do_not():
    assert {claim.section for claim in claims.PAPER} >= {"5.1", "5.2", "5.3", "6.1", "6.2", "7"}
    assert {claim.section for claim in claims.OURS} == {""}
    assert by_key("cka-bound").where == "section 7, Figs. 5-7"
    assert by_key("rewinding-weights-or-rate").where == "section 3.1"
    assert by_key("untrained-cka").where == "ours"


def test_claims_by_page_and_by_section():
    assert claims.claims_of("vgg_svhn")
    assert all(claim.page == "vgg_svhn" for claim in claims.claims_of("vgg_svhn"))
    both = claims.in_section("5.2", "vgg16_bn") + claims.in_section("5.2", "vgg_svhn")
    assert both == claims.in_section("5.2")
    assert not any(claim in claims.OURS for claim in both)


def test_the_table_says_all_and_links_to_the_figure(world):
    outcomes = claims.evaluate(world, [by_key("vgg16_bn-cka-bound"), by_key("untrained-cka")])
    table = claims.table(outcomes)
    first = table.rows[0]
    assert first[0] == "CKA of VGG16_BN stays above 0.75 in all layers and iterations."
    assert first[1] == "section 5.2, Fig. 5"
    assert first[2] == "The lowest CKA of all layers over all iterations: above 0.75."
    assert re.fullmatch(r"0\.\d{3} \(0\.\d{3} to 0\.\d{3}\), 3 runs", first[3])
    assert first[4:] == ("holds", "VGG16_BN")
    text = table._repr_html_()
    assert '<a href="vgg16_bn.html#fig-vgg16-bn">VGG16_BN</a></td></tr>' in text
    assert text.count("<a ") == 2
    assert 'class="report cards"' in text
    assert "Claim | Where | Rule" in repr(table)


def test_cells_that_are_no_links_are_escaped():
    claim = Claim("k", "a <b> & c.", "5", "", "accuracy", Rule("x < y", None, above=0))
    outcome = claims.Outcome(claim, NOT_MEASURED, missing="no <i>")
    text = claims.table([outcome])._repr_html_()
    for words in ("a <b> & c.", "X < y: above 0.", "no <i>"):
        assert html.escape(words) in text


def test_units_and_signs():
    claim = Claim("k", "t.", "5", "", "accuracy", Rule("x", None, above=0, unit="layers"))
    outcome = claims.Outcome(claim, UNDECIDED, Measurement(-0.001, -1.5, 2, runs=3))
    assert outcome.measured == "0.00 layers (-1.50 to 2.00), 3 runs"
    single = claims.Outcome(claim, TOO_FEW, measure(Sample((1.0,))))
    assert single.measured == "1.00 layers, 1 run"
    none = claims.Outcome(claim, TOO_FEW, measure(Sample((math.nan,))))
    assert none.measured == "0 runs, 1 undefined"


def test_the_summary_counts_verdicts(world):
    claim = claims.PAPER[0]
    outcomes = [claims.Outcome(claim, name) for name in (HOLDS, HOLDS, FAILS, NOT_MEASURED)]
    assert list(claims.counts(outcomes)) == list(VERDICTS)
    assert sum(claims.counts(claims.evaluate(world)).values()) == len(claims.CLAIMS)
    assert claims.summary(outcomes) == (
        "Of 4 claims, 2 hold, 1 does not hold and 1 was not measured."
    )
    assert claims.summary([]) == "There are no claims here."
