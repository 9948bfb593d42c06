"""The contrast between metrics in made-up networks of several scales."""

import dataclasses

import pandas as pd
import pytest

from lib.report import contrast_scales
from lib.report.results import load_results

from .made_up import write_results

VALUES = {"vgg_svhn": 0.4, "vgg_svhn_slim": 0.2}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return load_results(write_results(tmp_path_factory.mktemp("scales") / "results"))


@pytest.fixture(scope="module")
def study(plain):
    """VGG_SVHN once more, half as wide; SVCCA there is lower, and so is the accuracy."""
    tables = {}
    for name in ("similarity", "performance"):
        rows = getattr(plain, name)
        own = rows[rows.experiment == "vgg_svhn"].assign(experiment="vgg_svhn_slim")
        tables[name] = pd.concat([rows, own], ignore_index=True)
    rows = tables["similarity"]
    value = rows.experiment.map(VALUES).where(rows.metric == "svcca", 0.9).fillna(rows.value)
    tables["similarity"] = rows.assign(value=value)
    rows = tables["performance"]
    slim = rows.experiment == "vgg_svhn_slim"
    tables["performance"] = rows.assign(accuracy=rows.accuracy.mask(slim, 0.5))
    known = plain.provenance["experiments"]
    known = known | {"vgg_svhn_slim": known["vgg_svhn"] | {"base": "vgg_svhn"}}
    return dataclasses.replace(
        plain, **tables, provenance=plain.provenance | {"experiments": known}
    )


def test_each_scale_has_its_row(study):
    own, slim = contrast_scales.table(study).rows
    assert own[0] == "VGG_SVHN, as in this study"
    assert slim[:3] == ("VGG_SVHN, half as wide", "50 %", "50 %")
    assert own[3].startswith("+0.50")
    assert slim[3].startswith("+0.70")
    assert own[4] == slim[4]


def test_the_finding_names_both(study):
    assert contrast_scales.finding(study) == "- VGG_SVHN: +0.50; +0.70 half as wide."


def test_networks_of_one_scale_have_nothing_to_compare(plain):
    assert contrast_scales.table(plain).rows == ()
    assert contrast_scales.finding(plain) == "No network was run at another scale."
