"""Two made-up studies of one network, one of them of the paper's scale."""

from dataclasses import replace

import pytest

from lib.analyses.robustness import full_scale as analysis
from lib.analyses.robustness import paper_text
from lib.book.report.results import load_results

from ...book.report.made_up import write_results

SVHN, ON = "vgg_svhn", "vgg_svhn_trained_on"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scales") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(write_results(folder, runs=runs, controls=["trained_on", "independent"]))


def with_values(study, pruned, trained=0.9):
    """VGG_SVHN alone, with these similarities after pruning and after training alone."""
    rows = study.similarity
    known = rows.experiment.map({SVHN: pruned, ON: trained, f"{SVHN}_independent": 0.5})
    rows = rows[rows.experiment.str.startswith(SVHN)].assign(value=known)
    experiments = study.provenance["experiments"]
    kept = {name: setting for name, setting in experiments.items() if name.startswith(SVHN)}
    provenance = study.provenance | {"experiments": kept}
    return replace(study, similarity=rows, provenance=provenance)


def test_the_lowest_layer_is_the_lowest_in_any_iteration(study):
    rows = study.similarity
    there = (rows.experiment == SVHN) & (rows.layer == "conv2_1") & (rows.iteration == 2)
    other = replace(study, similarity=rows.assign(value=rows.value.mask(there, 0.1)))
    assert paper_text.lowest_layer(other, SVHN, "cka") == ("conv2_1", pytest.approx(0.1))


@pytest.mark.parametrize(("value", "verdict"), [(0.7, "holds"), (0.5, "does not hold")])
def test_near_the_text_is_within_a_tenth(study, value, verdict):
    """Of VGG_SVHN the text has one number, a CKA of 0.75."""
    other = with_values(study, value)
    assert list(paper_text.far_from_the_text(other)) == pytest.approx([0.75 - value])
    assert paper_text.near_the_text(other).verdict == verdict


def test_what_pruning_adds_may_differ_between_the_scales(study):
    full, slim = with_values(study, 0.89), with_values(study, 0.6)
    verdicts = {d.key: d.verdict for d in analysis.adds_to_training(full, slim)}
    assert verdicts["full-scale-training-vgg-svhn-full"] == "about as close"
    assert verdicts["full-scale-training-vgg-svhn-slim"] == "further"


def test_directions_that_are_lost_move_a_network_that_is_as_similar_where_they_are_left(study):
    full = with_values(study, 0.9, trained=0.9)
    lost = full.similarity.rank_y.where(full.similarity.experiment != SVHN, 1)
    silent = replace(full, similarity=full.similarity.assign(rank_y=lost))
    kept, gone = (
        {d.key: d.verdict for d in analysis.adds_to_training(scale, full)}
        for scale in (full, silent)
    )
    assert kept["full-scale-directions-vgg-svhn-full"] == "about as close"
    assert gone["full-scale-directions-vgg-svhn-full"] == "further"


def test_lost_directions_count_as_nothing(study):
    """Rank 7 of 8 in all layers of the made-up study, pruned or trained on."""
    table = analysis.lost_directions(with_values(study, 0.8), study)
    assert list(table["Directions left, pruned"]) == ["88 %"]
    assert list(table["Mean CCA"]) == ["\u22120.10"]
    assert list(table["Lost ones as 0"]) == ["\u22120.09"]


def test_accuracy_is_kept_better_where_it_falls_less(study):
    rows = study.performance
    better = replace(study, performance=rows.assign(accuracy=rows.accuracy.clip(lower=0.96)))
    found = {d.key: d.verdict for d in analysis.decided_accuracy_kept(better, study)}
    assert found["full-scale-accuracy-vgg-svhn"] == "higher"
    found = {d.key: d.verdict for d in analysis.decided_accuracy_kept(study, better)}
    assert found["full-scale-accuracy-vgg-svhn"] == "not higher"


def test_tables_have_a_row_for_each_network_and_scale(study):
    scales = {analysis.AT_FULL_SCALE: study, analysis.ON_OTHER_PAGES: study}
    assert len(analysis.accuracies_at_both(scales, study)) == 2 * 3
    assert len(analysis.similarity_table(scales, study)) == 2 * 2 * 3
    text = paper_text.beside_the_text({analysis.ON_OTHER_PAGES: with_values(study, 0.6)})
    assert text.loc["VGG16_BN, CKA", "Lowest hidden layer, other pages"] == "not measured"


def test_claims_at_both_scales_are_those_measured_at_both(study):
    pairs = analysis.claims_at_both(with_values(study, 0.6), study)
    assert len(pairs)
    assert pairs.claim.str.contains("VGG_SVHN|VGG-SVHN").any()
    assert not pairs.claim.str.contains("VGG16_BN").any()
