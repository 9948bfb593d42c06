"""What the page says of what is found."""

import numpy as np
import pytest

from lib.report import identification_findings as findings
from lib.report.identification import accuracies

from .identification_world import NEAR, OTHER, rows, study

SWAPPED = NEAR[[1, 0, 3, 2, 4]]


def test_the_finding_names_what_beats_chance_and_the_extremes():
    tables = [
        rows("svcca", "channels", SWAPPED),
        rows("cka", "flat", NEAR),
        rows("nbs", "flat", np.ones((5, 5))),
        rows("rsa", "flat", SWAPPED),
    ]
    text = findings.finding(study(*tables), "vgg_svhn")
    assert text == (
        "**VGG_SVHN** (3 pairs of networks). Among layers of one size, chance finds 50 %; "
        "CKA (100 %) finds more; SVCCA (0 %) and NBS (0 %) do not. CKA on *flat* finds most, "
        "100 %; SVCCA on *channels*, NBS on *flat* and RSA on *flat* find fewest, 0 %."
    )


def test_without_sizes_all_layers_are_candidates():
    tables = rows("cka", "flat", NEAR), rows("nbs", "flat", np.ones((5, 5)))
    text = findings.finding(study(*tables), "vgg_svhn")
    assert (
        "Among layers of any size, chance finds 25 %; CKA (100 %) finds more; NBS (0 %) does not."
    ) in text
    assert "CKA on *flat* finds most, 100 %; NBS on *flat* finds fewest, 0 %." in text


def test_what_is_hardly_above_chance_does_not_beat_it():
    """12 of 24 layers, where a guess finds 6: the interval leaves chance out. 8 do not."""
    half, quarter = NEAR.copy(), NEAR.copy()
    half[0, 1] = half[1, 0] = 1.0
    quarter[0, 1] = quarter[1, 0] = quarter[2, 3] = 1.0
    made = study(
        rows("cka", "flat", half),
        rows("nbs", "flat", lambda pair: half if pair == (0, 1) else quarter),
    )
    frame = accuracies(made, "vgg_svhn")
    assert frame.found["cka", "flat"] == 0.5
    assert frame.found["nbs", "flat"] == 8 / 24
    text = findings.finding(made, "vgg_svhn")
    assert "CKA (50 %) finds more; NBS (33 %) does not." in text


def test_the_papers_metrics_on_other_reshapes_are_not_taken_for_the_papers():
    text = findings.finding(
        study(rows("cka", "gap", NEAR), rows("nbs", "gap", SWAPPED)), "vgg_svhn"
    )
    assert "chance finds 25 %. CKA on *gap* finds most" in text


@pytest.mark.parametrize(("values", "text"), [(NEAR, "find more."), (SWAPPED, "do not find more.")])
def test_where_all_pass_or_all_fail_the_sentence_is_whole(values, text):
    made = study(rows("cka", "flat", values), rows("nbs", "flat", values))
    assert f"and NBS ({100 if values is NEAR else 0} %) {text}" in findings.finding(
        made, "vgg_svhn"
    )


def test_when_all_are_equal_none_is_called_best():
    tables = rows("cka", "flat", NEAR), rows("nbs", "flat", NEAR)
    text = findings.finding(study(*tables), "vgg_svhn")
    assert text.endswith("All metrics on all reshapes find 100 %.")
    assert "most" not in text


def test_a_metric_that_has_values_in_few_layers_is_not_compared_with_the_others():
    """Among two candidates even chance finds every other layer."""
    few = np.full((5, 5), np.nan)
    few[:2, :2] = NEAR[:2, :2]
    made = study(
        rows("svcca", "flat", few), rows("cka", "flat", 1 - NEAR), rows("nbs", "flat", NEAR)
    )
    assert accuracies(made, "vgg_svhn").found["svcca", "flat"] == 1
    text = findings.finding(made, "vgg_svhn")
    assert "NBS on *flat* finds most, 100 %" in text
    assert "SVCCA" not in text


def test_where_all_have_values_in_few_layers_the_finding_says_so():
    few = np.full((5, 5), np.nan)
    few[:2, :2] = NEAR[:2, :2]
    text = findings.finding(study(rows("cka", "flat", few)), "vgg_svhn")
    assert text == "**VGG_SVHN** (3 pairs of networks). No metric has a value in enough layers."


def test_many_that_are_best_are_counted():
    cells = [("cka", "flat"), ("cka", "gap"), ("nbs", "flat"), ("nbs", "gap")]
    tables = [rows(*cell, NEAR) for cell in cells]
    text = findings.finding(study(*tables, rows("rsa", "flat", SWAPPED)), "vgg_svhn")
    assert "4 of 5 combinations of metric and reshape find most, 100 %" in text


def test_each_network_that_was_measured_has_a_paragraph_of_two_sentences():
    tables = [rows("cka", "flat", NEAR), rows("nbs", "flat", SWAPPED)]
    tables += [rows("cka", "flat", SWAPPED, [(0, 1)], experiment=OTHER)]
    text = findings.findings(study(*tables))
    first, second = text.split("\n\n")
    assert first.startswith("**VGG_SVHN** (3 pairs of networks).")
    assert second.startswith("**ResNet_fast** (1 pair of networks).")
    assert all(paragraph.partition("). ")[2].count(". ") == 1 for paragraph in (first, second))
    assert "VGG16_BN" not in text


def test_without_data_all_say_so():
    for nothing in (study(), study(rows("cka", "flat", NEAR, experiment="another_study"))):
        assert findings.finding(nothing, "vgg_svhn") == "**VGG_SVHN.** Not measured in this study."
        assert findings.findings(nothing) == "Not measured in this study."


def test_the_statement_names_what_is_missing():
    assert "`vgg16_bn_independent`" in findings.statement(study())
    some = findings.statement(study(rows("cka", "flat", NEAR)))
    assert "VGG16_BN and ResNet_fast" in some
    assert "vgg_svhn" not in some
