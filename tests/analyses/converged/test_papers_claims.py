"""The paper's claims on networks that were trained to the end, in a made-up study."""

from dataclasses import replace

import pytest

from lib.analyses.converged import papers_claims
from lib.analyses.converged.experiments import CONVERGED_NETWORKS
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.book import claims
from lib.book.claims.decided import Finding, Outcome
from lib.book.claims.engine import Claim, Quantity, Rule
from lib.book.report.results import load_results

from ...book.report.made_up import write_results

NAMES = {"vgg_svhn": CONVERGED_NETWORKS["vgg_svhn"]}
NAMES |= {f"vgg_svhn_{end}": f"{NAMES['vgg_svhn']}_{end}" for end in ("trained_on", "independent")}


@pytest.fixture(scope="module")
def main_study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ended") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(write_results(folder, controls=["trained_on", "independent"], runs=runs))


@pytest.fixture(scope="module")
def ended(main_study):
    """The same numbers under the names of the chapter."""
    settings = main_study.provenance["experiments"]
    renamed = {
        new: settings[old] | {"base": NAMES[settings[old]["base"]]} for old, new in NAMES.items()
    }
    tables = {
        name: getattr(main_study, name).replace({"experiment": NAMES})
        for name in ("similarity", "performance")
    }
    return replace(
        main_study, **tables, provenance={**main_study.provenance, "experiments": renamed}
    )


def test_networks_trained_to_the_end_take_the_names_that_rules_have(main_study, ended):
    study = papers_claims.under_the_papers_names(ended, CONVERGED_NETWORKS)
    assert set(study.provenance["experiments"]) == set(NAMES)
    assert study.experiments == ["vgg_svhn"]
    own = [claim for claim in PAPER_CLAIMS if claim.key.startswith("vgg_svhn")]
    before, after = (claims.evaluate(results, own) for results in (main_study, study))
    alone = [pair for pair in zip(before, after, strict=True) if pair[1].verdict != "not measured"]
    assert len(alone) > 3  # the others set the network beside networks that are not there
    assert all(pair[0].findings == pair[1].findings for pair in alone)
    assert {o.verdict for o in claims.evaluate(ended, own)} == {"not measured"}


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
