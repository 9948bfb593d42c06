"""The paper's claims on networks that were trained to the end, in a made-up study."""

from lib.analyses.converged import papers_claims
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book.claims.decided import Finding, Outcome
from lib.book.claims.engine import Claim, Quantity, Rule


def test_claims_are_decided_by_networks_of_each_width(ended):
    own = [claim for claim in PAPER_CLAIMS if claim.key.startswith("vgg_svhn")]
    wide, slim = papers_claims.decided(ended, own)
    assert "holds" in {outcome.verdict for outcome in wide}
    assert {outcome.verdict for outcome in slim} == {"not measured"}  # there are no slim ones


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
