"""The paper's claims on networks that were trained to the end, in a made-up study."""

from dataclasses import replace

from lib.analyses.contrast.tables import FURTHER_MATRICES
from lib.analyses.converged import papers_claims
from lib.analyses.converged.studied_networks import ANALYSED_NETWORKS, SLIM_NETWORKS
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book.claims.engine import Claim, Finding, Outcome, Rule, evaluate
from lib.book.claims.quantity import Quantity

OWN = [claim for claim in PAPER_CLAIMS if claim.key.startswith("vgg_svhn")]


def verdicts(study):
    return {outcome.verdict for outcome in evaluate(study, OWN)}


def test_the_networks_that_are_taken_apart_have_the_further_matrices(ended):
    wide = ANALYSED_NETWORKS["vgg_svhn"]
    further = ended.similarity[ended.similarity.experiment == wide].assign(reshape="gap", value=0.5)
    found = papers_claims.analysed_networks(ended.having(FURTHER_MATRICES, further))
    rows = found.of("vgg_svhn", "similarity")
    assert set(rows.reshape) == {"gap"}  # compared once more
    assert (rows.value == 0.5).all()
    assert "holds" in verdicts(papers_claims.analysed_networks(ended))


def test_slim_networks_stand_beside_those_of_the_paper_s_width(ended):
    name = SLIM_NETWORKS["vgg_svhn"]
    rows = ended.similarity.replace({"experiment": {ANALYSED_NETWORKS["vgg_svhn"]: name}})
    known = {name: next(iter(ended.provenance["experiments"].values())) | {"base": name}}
    slim = replace(ended, similarity=rows, provenance={**ended.provenance, "experiments": known})
    found = papers_claims.slim_networks(slim)
    assert found.experiments == ["vgg_svhn"]
    assert "holds" in verdicts(found)


def test_a_study_without_slim_networks_decides_nothing_by_them(ended, main_study):
    for study in (ended, main_study):
        assert verdicts(papers_claims.slim_networks(study)) == {"not measured"}


def outcome(name, verdict):
    rule = Rule(Quantity("a number", None), above=0)
    claim = Claim(name, f"Claim {name}.", "5", "claims", (rule,))
    return Outcome(claim, (Finding(rule, verdict, missing="measured"),))


def test_claims_with_another_verdict_are_listed():
    lists = {
        "Briefly": [outcome("a", "holds"), outcome("b", "holds"), outcome("c", "undecided")],
        "Longer": [outcome("a", "holds"), outcome("b", "holds"), outcome("c", "not measured")],
        "To the end": [
            outcome("a", "holds"),
            outcome("b", "does not hold"),
            outcome("c", "not measured"),
        ],
    }
    table = papers_claims.changed_verdicts(lists)
    assert list(table.index.get_level_values(0)) == ["Claim b."]
    assert list(table.iloc[0][:3]) == ["holds", "holds", "does not hold"]
    assert list(table) == [*lists, "What decides there"]
