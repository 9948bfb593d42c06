"""The tables of what is found, compact and complete."""

import numpy as np

from lib.report import identification_tables as tables

from .identification_world import NEAR, OTHER, rows, study

SWAPPED = NEAR[[1, 0, 3, 2, 4]]


def test_the_compact_table_has_the_papers_metrics_on_every_reshape_beside_chance():
    made = study(
        rows("nbs", "gap", SWAPPED),
        rows("cka", "flat", NEAR),
        rows("svcca", "gap", NEAR),
        rows("svcca", "channels", SWAPPED),
        rows("rsa", "flat", NEAR),
    )
    table = tables.compact(made)
    assert table.header == ("Found, same size", "VGG_SVHN")
    assert table.rows == (
        ("by chance", "50 %"),
        ("SVCCA, channels (paper)", "0 % (0\u201314)"),
        ("SVCCA, gap", "100 % (86\u2013100)"),
        ("CKA, flat (paper)", "100 % (86\u2013100)"),
        ("NBS, gap", "0 % (0\u201314)"),
    )


def test_each_network_that_was_measured_has_a_column():
    own = [rows("svcca", "channels", NEAR), rows("cka", "flat", NEAR)]
    other = [
        rows("svcca", "channels", SWAPPED, experiment=OTHER),
        rows("nbs", "flat", NEAR, experiment=OTHER),
    ]
    table = tables.compact(study(*own, *other))
    assert table.header == ("Found, same size", "VGG_SVHN", "ResNet_fast")
    whole, none = "100 % (86\u2013100)", "0 % (0\u201314)"
    assert table.rows == (
        ("by chance", "50 %", "50 %"),
        ("SVCCA, channels (paper)", whole, none),
        ("CKA, flat (paper)", whole, "-"),
        ("NBS, flat (paper)", "-", whole),
    )
    html = table._repr_html_()
    assert "Not measured" not in html
    assert "VGG16_BN" not in html


def test_a_metric_with_fewer_candidates_has_its_own_chance():
    """Three layers share a size; flat is not defined in the third, so two are left to choose."""
    shared = {"conv1", "conv2", "conv3"}
    size = [
        row | {"reshape": "channels"}
        for row in rows("svcca", "flat", NEAR, [(0, 1)])
        if {row["layer_x"], row["layer_y"]} <= shared
    ]
    few = NEAR.copy()
    few[3, :] = few[:, 3] = np.nan
    made = study(size, rows("cka", "flat", few, [(0, 1)]), rows("cka", "gap", NEAR, [(0, 1)]))
    cells = dict(tables.compact(made).rows)
    assert cells["by chance"] == "33 %"
    assert cells["CKA, flat (paper)"] == "100 % (51\u2013100), chance 50 %"
    assert cells["CKA, gap"] == "100 % (61\u2013100)"


def test_where_no_size_is_known_the_compact_table_says_so():
    table = tables.compact(study(rows("cka", "flat", NEAR)))
    assert table._repr_html_() == "<p>No layers of the same size were compared.</p>"


def test_a_network_without_any_value_has_no_column():
    nothing = rows("svcca", "channels", NEAR * np.nan, experiment=OTHER)
    table = tables.compact(study(rows("svcca", "channels", NEAR), nothing))
    assert table.header == ("Found, same size", "VGG_SVHN")


def test_the_complete_table_has_shares_with_intervals():
    values = NEAR.copy()
    values[0, 1] = values[2, 3] = values[3, 2] = 1.0
    table = tables.complete(study(rows("cka", "flat", values)), "vgg_svhn")
    assert table.header[0] == "VGG_SVHN"
    assert table.rows[0][:3] == ("CKA, flat (paper)", "25 % (12\u201345)", "25 %")


def test_a_layer_without_rivals_gives_dashes():
    alone = np.where(np.eye(5) > 0, 1.0, np.nan)
    table = tables.complete(study(rows("cka", "flat", alone)), "vgg_svhn")
    assert table.rows[0][1:] == ("-",) * 6


def test_metrics_stand_in_the_order_of_the_text():
    made = [
        rows("rsa", "gap", NEAR),
        rows("cka", "gap", NEAR),
        rows("cka", "channels", NEAR),
        rows("svcca", "channels", NEAR),
    ]
    names = [row[0] for row in tables.complete(study(*made), "vgg_svhn").rows]
    assert names == ["SVCCA, channels (paper)", "CKA, channels", "CKA, gap", "RSA, gap"]


def test_without_data_both_say_so():
    sentence = "<p>Not measured in this study.</p>"
    for nothing in (study(), study(rows("cka", "flat", NEAR, experiment="another_study"))):
        assert tables.compact(nothing)._repr_html_() == sentence
        assert tables.complete(nothing, "vgg_svhn")._repr_html_() == sentence
