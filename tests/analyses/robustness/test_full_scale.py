"""Two made-up studies of one network, one of them of the paper's scale."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.robustness import full_scale as analysis
from lib.analyses.robustness import paper_text
from lib.book.report.results import load_results, results_if_any

from ...book.report.made_up import write_results

SVHN, ON = "vgg_svhn", "vgg_svhn_trained_as_long"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scales") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(
        write_results(folder, runs=runs, controls=["trained_as_long", "independent"])
    )


def with_values(study, pruned, trained=0.9):
    """VGG_SVHN alone, with these similarities after pruning and after training alone.

    Each complete network is trained on, in as many runs as it is pruned.
    """
    rows = study.similarity
    parts = [
        rows[rows.experiment == SVHN].assign(value=pruned),
        rows[rows.experiment == SVHN].assign(experiment=ON, value=trained),
        rows[rows.experiment == f"{SVHN}_independent"].assign(value=0.5),
    ]
    rows = pd.concat(parts, ignore_index=True)
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


def verdicts(decided):
    return {one.key: one.verdict for one in decided}


def test_what_pruning_adds_may_differ_between_the_scales(study):
    full, elsewhere = with_values(study, 0.89), with_values(study, 0.6)
    found = verdicts(analysis.adds_to_training(full, elsewhere))
    assert found["full-scale-training-vgg-svhn-full"] == "about as close"
    assert found["full-scale-training-vgg-svhn-elsewhere"] == "further"


def test_how_far_training_takes_a_network_may_differ_as_well(study):
    """Of a difference without a spread, its sign alone decides."""
    full, elsewhere = with_values(study, 0.7, trained=0.7), with_values(study, 0.7, trained=0.9)
    found = verdicts(analysis.decided_distances(full, elsewhere))
    assert found["full-scale-alone-vgg-svhn"] == "below 0"
    assert found["full-scale-pruned-vgg-svhn"] == "undecided"


def test_a_network_that_the_other_pages_lack_is_left_out(study):
    without = with_values(study, 0.6)
    assert analysis.in_both(study, without) == [SVHN]
    assert analysis.in_both(study, results_if_any("nowhere")) == []


def test_directions_that_are_lost_move_a_network_that_is_as_similar_where_they_are_left(study):
    full = with_values(study, 0.9, trained=0.9)
    lost = full.similarity.rank_y.where(full.similarity.experiment != SVHN, 1)
    silent = replace(full, similarity=full.similarity.assign(rank_y=lost))
    kept, gone = (verdicts(analysis.adds_to_training(scale, full)) for scale in (full, silent))
    assert kept["full-scale-directions-vgg-svhn-full"] == "about as close"
    assert gone["full-scale-directions-vgg-svhn-full"] == "further"


def test_lost_directions_count_as_nothing(study):
    """Rank 7 of 8 in all layers of the made-up study, pruned or trained on."""
    table = analysis.lost_directions({analysis.BY_RECIPE: with_values(study, 0.8)})
    assert list(table["Directions left, pruned"]) == ["88 %"]
    assert list(table["Mean CCA"]) == ["\u22120.10 (\u22120.10 to \u22120.10)"]
    assert list(table["Lost ones as 0"]) == ["\u22120.09 (\u22120.09 to \u22120.09)"]


def test_the_table_has_a_row_for_each_network_metric_and_scale_that_was_measured(study):
    scales = {analysis.BY_RECIPE: study, analysis.TO_THE_END: with_values(study, 0.6)}
    table = analysis.similarity_table(scales, study)
    assert len(table) == 2 * (3 + 1)
    there = table.loc["VGG_SVHN, CKA, trained to the end"]
    assert (there["Pruned"], there["Networks"]) == ("0.60 (0.60 to 0.60)", "3")
    text = paper_text.beside_the_text({analysis.TO_THE_END: with_values(study, 0.6)})
    assert text.loc["VGG16_BN, CKA", "Lowest hidden layer, trained to the end"] == "not measured"


def test_claims_at_both_scales_are_those_measured_at_both(study):
    pairs = analysis.claims_at_both(with_values(study, 0.6), study)
    assert len(pairs)
    assert pairs.claim.str.contains("VGG_SVHN|VGG-SVHN").any()
    assert not pairs.claim.str.contains("VGG16_BN").any()
