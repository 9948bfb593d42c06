"""The contrast between metrics in made-up studies where each part of it is known."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.analyses.contrast import one_scale
from lib.analyses.contrast.contrast import contrast
from lib.book.report.results import load_results
from lib.book.report.statistics import Interval

from ...book.report.made_up import write_results

NAME, ON = "vgg_svhn", "vgg_svhn_trained_as_long"
NETWORKS = (0, 1, 2)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Three complete networks of each architecture, two runs of the first; VGG_SVHN trained on."""
    folder = tmp_path_factory.mktemp("contrast") / "results"
    runs = [(0, 0), (0, 1), (1, 0), (2, 0)]
    also = ["channels", "gap"]
    return load_results(write_results(folder, controls=["trained_as_long"], also=also, runs=runs))


def with_rows(study, **changes):
    """The study with other similarities of VGG_SVHN and of the same networks trained on."""
    rows = study.similarity
    rows = rows[(rows.experiment == NAME) & (rows.run_seed == 0)].assign(**changes)
    return dataclasses.replace(study, similarity=rows)


def world(study, pruned, trained, null=None, trained_as_long=NETWORKS):
    """One value for each (metric, reshape) in all layers, of pruned and of trained networks."""
    parts = []
    for name, numbers in ((NAME, pruned), (ON, trained)):
        rows = with_rows(study, experiment=name).similarity
        keys = pd.Series(zip(rows.metric, rows.reshape, strict=True), index=rows.index)
        nulls = rows.metric.map(null or {}).fillna(0.0)
        parts.append(rows.assign(value=keys.map(numbers).fillna(0.5), null_mean=nulls))
    parts[1] = parts[1][parts[1].train_seed.isin(trained_as_long)]
    return dataclasses.replace(study, similarity=pd.concat(parts, ignore_index=True))


SAME = {("svcca", "channels"): 0.4, ("cka", "channels"): 0.4, ("cka", "flat"): 0.9}


def test_without_a_null_the_rest_is_known(study):
    assert len(contrast(study, "vgg16_bn", ["reshape"])) == len(NETWORKS)


def test_a_network_with_an_undefined_layer_is_not_counted(study):
    """The two means would be over different layers."""
    rows = study.of(NAME, "similarity")
    layer = rows.layer[rows.train_seed == 1].iloc[0]
    gone = (rows.metric == "svcca") & (rows.train_seed == 1) & (rows.layer == layer)
    other = dataclasses.replace(study, similarity=rows.assign(value=rows.value.mask(gone)))
    assert list(contrast(other, NAME).index) == [0, 2]


def test_the_runs_of_a_network_count_once(study):
    """The first network has two runs and the others have one, and all weigh the same."""
    rows = study.of(NAME, "similarity")
    value = np.where(rows.metric == "svcca", 0.5 + 0.2 * rows.run_seed.astype(float), 0.9)
    other = dataclasses.replace(study, similarity=rows.assign(value=value))
    assert contrast(other, NAME).tolist() == pytest.approx([0.3, 0.4, 0.4])


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.95, 1.05, "as independent networks"),
        (1.02, 1.05, "as independent networks"),
        (1.2, 1.5, "closer"),
        (0.5, 0.8, "further"),
        (0.8, 1.05, "undecided"),
        (float("nan"), float("nan"), "not measured"),
    ],
)
def test_where_networks_stand(low, high, verdict):
    assert one_scale.side_of_independent(Interval((low + high) / 2, low, high, 3)) == verdict


def test_metrics_that_disagree_in_raw_values_may_agree_on_the_scale(study):
    """By each metric pruned networks stand where independent ones do, at 0.4 and at 0.9."""
    between = f"{NAME}_independent"
    rows = world(study, SAME, SAME).similarity
    rows = rows.assign(value=rows.value + 0.001 * rows.train_seed)
    pruned = rows[rows.experiment == NAME]
    pairs = pruned.assign(experiment=between, run_seed=(pruned.train_seed + 1) % 3)
    known = {NAME: study.settings(NAME), between: study.settings(NAME) | {"base": NAME}}
    other = dataclasses.replace(
        study,
        similarity=pd.concat([rows, pairs], ignore_index=True),
        provenance={**study.provenance, "experiments": known},
    )
    found = one_scale.places_on_scale(other)
    raw = [found.loc[(NAME, metric), "raw"].mean for metric in ("svcca", "cka")]
    assert raw == pytest.approx([0.401, 0.901])
    verdicts = {one.key: one.verdict for one in one_scale.decided_places(found, other)}
    assert verdicts["contrast-place-vgg-svhn-svcca"] == "as independent networks"
    assert verdicts["contrast-place-vgg-svhn-cka"] == "as independent networks"
