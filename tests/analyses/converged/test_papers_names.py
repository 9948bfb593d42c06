"""Networks that were trained to the end, under the names that rules and pages have."""

from lib.analyses.converged.papers_names import open_networks, under_the_papers_names
from lib.analyses.converged.studied_networks import CONVERGED_NETWORKS
from lib.analyses.main_paper.claims import PAPER_CLAIMS
from lib.analyses.validity.tables import IDENTIFICATION
from lib.book import claims

from ...book.report.made_up import write_results
from .conftest import NAMES

SVHN = CONVERGED_NETWORKS["vgg_svhn"]
COLUMNS = dict.fromkeys(IDENTIFICATION.columns, 0) | {"value": 0.5}


def test_networks_trained_to_the_end_take_the_names_that_rules_have(main_study, ended):
    study = under_the_papers_names(ended, CONVERGED_NETWORKS)
    assert set(study.provenance["experiments"]) == set(NAMES)
    assert study.experiments == ["vgg_svhn"]
    own = [claim for claim in PAPER_CLAIMS if claim.key.startswith("vgg_svhn")]
    before, after = (claims.evaluate(results, own) for results in (main_study, study))
    alone = [pair for pair in zip(before, after, strict=True) if pair[1].verdict != "not measured"]
    assert len(alone) > 3  # the others set the network beside networks that are not there
    assert all(pair[0].findings == pair[1].findings for pair in alone)
    assert {o.verdict for o in claims.evaluate(ended, own)} == {"not measured"}


def test_tables_of_analyses_are_taken_over_if_asked_for(ended):
    rows = IDENTIFICATION.tidy(
        [COLUMNS | {"experiment": name} for name in (SVHN, "vgg_svhn_converged")]
    )
    matched = ended.having(IDENTIFICATION, rows)
    with_it = under_the_papers_names(matched, CONVERGED_NETWORKS, IDENTIFICATION).table(
        IDENTIFICATION
    )
    assert with_it.experiment.tolist() == ["vgg_svhn"]
    assert with_it.value.tolist() == [0.5]
    assert under_the_papers_names(matched, CONVERGED_NETWORKS).table(IDENTIFICATION).empty


def test_a_study_without_these_networks_is_given_back(main_study):
    assert under_the_papers_names(main_study, CONVERGED_NETWORKS) is main_study


def test_networks_come_in_the_order_in_which_they_are_asked_for(ended):
    settings = ended.provenance["experiments"]
    also = {"resnet_fast_wide": settings[SVHN] | {"base": "resnet_fast_wide"}}
    both = ended.__class__(
        **{**vars(ended), "provenance": {**ended.provenance, "experiments": also | settings}}
    )
    assert under_the_papers_names(both, CONVERGED_NETWORKS).experiments == [
        "vgg_svhn",
        "resnet_fast",
    ]


def test_a_page_opens_either_study_and_says_which(tmp_path, capsys):
    study = open_networks(write_results(tmp_path / "results"))
    assert study.experiments == ["vgg16_bn", "vgg_svhn", "resnet_fast"]
    published = open_networks("results/chapters/converged", networks={"vgg16_bn": "vgg16_bn_wide"})
    assert published.experiments == ["vgg16_bn"]
    assert published.settings("vgg16_bn")["width"] == 1
    assert published.variants == ["vgg16_bn_trained_as_long", "vgg16_bn_independent"]
