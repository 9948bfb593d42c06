"""The tables of rank correlations, compact and complete."""

import numpy as np
import pytest

from lib.report import rank_correlation_tables as tables
from lib.report.layerwise import signed
from lib.report.rank_correlation import ITERATION, summary

from .rank_world import BENT, RISING, RUNS, ZIGZAG, study, with_values

CELLS = {("cka", "flat"): BENT + ZIGZAG / 2, ("rsa", "gap"): ZIGZAG, ("cka", "channels"): RISING}


def turned_in_conv2(made):
    """By CKA, the last hidden layer is the more similar the less the others are."""
    return with_values(
        made,
        lambda rows: rows.value.mask(
            (rows.layer == "conv2") & (rows.metric == "cka"), 0.5 + 0.1 * (1 - rows.value)
        ),
    )


def test_the_compact_table_has_the_iteration_beside_the_papers_metrics():
    made = study(CELLS, ZIGZAG, outputs={"agreement": RISING})
    table = tables.over_iterations(made)
    assert table.header[1:] == ("the iteration's number", "SVCCA", "PWCCA", "CKA", "NBS")
    assert [row[0] for row in table.rows] == [
        "VGG_SVHN, accuracy gap",
        "VGG_SVHN, output disagreement",
    ]
    rho = summary(made, "vgg_svhn", "gap").rho
    number, cka = signed(rho[ITERATION]), signed(rho["cka", "flat"])
    assert number != cka
    assert table.rows[0][1:] == (number, "-", "-", cka, "-")
    assert table.rows[1][1] == "+1.00"


def test_the_steps_of_the_papers_metrics_have_their_ranges():
    def sometimes(run):
        return ZIGZAG if run[1] else ZIGZAG[::-1]

    made = study({("cka", "flat"): sometimes, ("rsa", "gap"): ZIGZAG}, ZIGZAG)
    table = tables.step_by_step(made)
    assert table.header[1:] == ("SVCCA", "PWCCA", "CKA", "NBS")
    row = summary(made, "vgg_svhn", "gap").loc[("cka", "flat"), :]
    assert row.steps_low < row.steps < row.steps_high == pytest.approx(1)
    shown = f"{signed(row.steps)} ({signed(row.steps_low)}\u00a0to\u00a0+1.00)"
    assert table.rows == (("VGG_SVHN, accuracy gap", "-", "-", shown, "-"),)


def test_a_single_run_has_no_range():
    table = tables.step_by_step(study({("cka", "flat"): ZIGZAG}, ZIGZAG, runs=RUNS[:1]))
    assert table.rows[0][3] == "+1.00"


def test_the_complete_table_says_in_how_many_runs_the_iteration_is_beaten():
    def sometimes(run):
        return ZIGZAG if run[1] else RISING

    made = study({("cka", "flat"): sometimes, ("rsa", "gap"): ZIGZAG}, ZIGZAG)
    table = tables.complete(made, "vgg_svhn", "gap")
    assert table.header[0] == "VGG_SVHN, accuracy gap"
    rows = table.rows
    assert [row[0] for row in rows] == [
        "the iteration's number",
        "CKA, flat (paper)",
        "RSA, gap",
    ]
    assert rows[0][3:] == ("-", "-", "-", "0 of 3")
    assert rows[1][3] == "+1.00 (+1.00\u00a0to\u00a0+1.00)"
    assert [row[-1] for row in rows[1:]] == ["2 of 3", "3 of 3"]


@pytest.mark.parametrize("constant", ["metric", "target"])
def test_what_never_changes_gives_a_dash(constant):
    flat = np.full(8, 0.1)
    far, gap = (flat, ZIGZAG) if constant == "metric" else (ZIGZAG, flat)
    made = study({("cka", "flat"): far}, gap)
    table = tables.complete(made, "vgg_svhn", "gap")
    assert table.rows[1] == ("CKA, flat (paper)", *("-" for _ in range(5)), "0 of 0")
    assert tables.step_by_step(made).rows[0][3] == "-"


def test_every_layer_has_a_line():
    made = turned_in_conv2(study({("cka", "flat"): ZIGZAG}, ZIGZAG))
    first, second = tables.every_layer(made, "vgg_svhn", "gap").splitlines()[2:]
    assert first.split() == ["conv1", "-", "-", "-", "-", "1.00", "1.00", "-", "-"]
    assert second.split() == ["conv2", "-", "-", "-", "-", "-1.00", "-1.00", "-", "-"]


def test_a_layer_that_is_dead_throughout_has_dashes():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    dead = with_values(made, lambda rows: rows.value.mask(rows.layer == "conv2"))
    first, second = tables.every_layer(dead, "vgg_svhn", "gap").splitlines()[2:]
    assert first.split()[5:7] == ["1.00", "1.00"]
    assert second.split() == ["conv2", *("-" for _ in range(8))]


def test_what_was_not_measured_has_no_row_and_else_a_sentence():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    for compact in (tables.over_iterations, tables.step_by_step):
        assert [row[0] for row in compact(made).rows] == ["VGG_SVHN, accuracy gap"]
        nothing = compact(study({("cka", "flat"): ZIGZAG[:2]}, ZIGZAG[:2]))
        assert nothing._repr_html_() == "<p>Not measured in this study.</p>"
    table = tables.complete(made, "vgg_svhn", "disagreement")
    assert table._repr_html_() == "<p>Not measured in this study.</p>"
    text = tables.every_layer(made, "vgg_svhn", "disagreement")
    assert text == "Not measured in this study."
