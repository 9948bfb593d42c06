"""The contrast between metrics in made-up studies where each part of it is known."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from lib.report.contrast import FACTORS, contrast, level
from lib.report.results import load_results
from lib.report.statistics import interval

from ..pages import run_page
from .made_up import write_results

NAME, ON = "vgg_svhn", "vgg_svhn_trained_on"
NETWORKS = (0, 1, 2)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Three complete networks of each architecture, two runs of the first; VGG_SVHN trained on."""
    folder = tmp_path_factory.mktemp("contrast") / "results"
    runs = [(0, 0), (0, 1), (1, 0), (2, 0)]
    also = ["channels", "gap"]
    return load_results(write_results(folder, controls=["trained_on"], also=also, runs=runs))


@pytest.fixture(scope="module")
def page(study):
    """What the page defines, after it has run."""
    return run_page("contrast", study.folder)


def with_rows(study, **changes):
    """The study with other similarities of VGG_SVHN and of the same networks trained on."""
    rows = study.similarity
    rows = rows[(rows.experiment == NAME) & (rows.prune_seed == 0)].assign(**changes)
    return dataclasses.replace(study, similarity=rows)


def world(study, pruned, trained, null=None, trained_on=NETWORKS):
    """One value for each (metric, reshape) in all layers, of pruned and of trained networks."""
    parts = []
    for name, numbers in ((NAME, pruned), (ON, trained)):
        rows = with_rows(study, experiment=name).similarity
        keys = pd.Series(zip(rows.metric, rows.reshape, strict=True), index=rows.index)
        nulls = rows.metric.map(null or {}).fillna(0.0)
        parts.append(rows.assign(value=keys.map(numbers).fillna(0.5), null_mean=nulls))
    parts[1] = parts[1][parts[1].train_seed.isin(trained_on)]
    return dataclasses.replace(study, similarity=pd.concat(parts, ignore_index=True))


SAME = {("svcca", "channels"): 0.4, ("cka", "channels"): 0.4, ("cka", "flat"): 0.9}
UNLIKE = SAME | {("cka", "channels"): 0.9}
NOTHING = dict.fromkeys(SAME, 1.0)


@pytest.mark.parametrize(
    ("part", "pruned", "trained", "null"),
    [
        ("reshape", SAME, NOTHING, {}),
        ("metric", UNLIKE, NOTHING, {}),
        ("training", UNLIKE, UNLIKE, {}),
        # 0.4 over a null of 0 and 0.9 over a null of 5/6 are equally far from chance
        ("floor", UNLIKE, NOTHING, {"cka": 5 / 6}),
    ],
)
def test_a_contrast_of_one_part_alone(study, part, pruned, trained, null, page):
    left = page["remainders"](world(study, pruned, trained, null), NAME, "svcca", "cka")
    found = page["decomposed"](left)
    expected = dict.fromkeys([*FACTORS, "metric"], 0) | {part: 0.5, "contrast": 0.5}
    assert list(found.index) == list(NETWORKS)
    for _, parts in found.iterrows():
        assert parts.to_dict() == pytest.approx(expected)


def test_a_bowl_that_only_one_matrix_shows(study, page):
    """SVCCA sinks in the middle; CKA does so on channels, where it sees the same matrix."""
    rows = world(study, {}, {}).similarity
    middle = rows.kind.eq("conv") & rows.depth.between(3, 7)
    sinks = (rows.experiment == NAME) & middle & (rows.reshape == "channels")
    other = dataclasses.replace(study, similarity=rows.assign(value=np.where(sinks, 0.4, 0.9)))
    left = page["remainders"](other, NAME, "svcca", "cka", page["bowl"])
    found = page["decomposed"](left).mean().to_dict()
    expected = {"contrast": 0.5, "reshape": 0.5, "training": 0, "floor": 0, "metric": 0}
    assert found == pytest.approx(expected)


def test_a_network_that_was_not_trained_on_is_not_counted(study, page):
    other = world(study, UNLIKE, NOTHING, trained_on=(0, 2))
    assert list(contrast(other, NAME, "svcca", "cka").index) == [0, 1, 2]
    assert list(contrast(other, NAME, "svcca", "cka", ["training"]).index) == [0, 2]
    assert list(page["decomposed"](page["remainders"](other, NAME, "svcca", "cka")).index) == [0, 2]


def test_without_a_control_nothing_is_taken_apart(study, page):
    assert page["decomposed"](page["remainders"](study, "vgg16_bn", "svcca", "cka")).empty
    assert len(contrast(study, "vgg16_bn", "svcca", "cka", ["reshape"])) == len(NETWORKS)


def test_a_network_with_an_undefined_layer_is_not_counted(study):
    """The two means would be over different layers."""
    rows = study.of(NAME, "similarity")
    layer = rows.layer[rows.train_seed == 1].iloc[0]
    gone = (rows.metric == "svcca") & (rows.train_seed == 1) & (rows.layer == layer)
    other = dataclasses.replace(study, similarity=rows.assign(value=rows.value.mask(gone)))
    assert list(contrast(other, NAME, "svcca", "cka").index) == [0, 2]


def test_the_runs_of_a_network_count_once(study):
    """The first network has two runs and the others have one, and all weigh the same."""
    rows = study.of(NAME, "similarity")
    value = np.where(rows.metric == "svcca", 0.5 + 0.2 * rows.prune_seed.astype(float), 0.9)
    other = dataclasses.replace(study, similarity=rows.assign(value=value))
    assert contrast(other, NAME, "svcca", "cka").tolist() == pytest.approx([0.3, 0.4, 0.4])


def test_similarities_that_multiply(study, page):
    """SVCCA 0.4 where training alone leaves 0.8: pruning loses half of that, 0.5 and not 0.4."""
    alike = {("cka", reshape): 1.0 for reshape in ("channels", "flat")}
    pruned, trained = ({("svcca", "channels"): s} | alike for s in (0.4, 0.8))
    where = world(study, pruned, trained), NAME, "svcca", "cka", ["training"]
    assert contrast(*where).tolist() == pytest.approx([0.4] * 3)
    assert contrast(*where, level, page["multiplied"]).tolist() == pytest.approx([0.5] * 3)


def test_a_share_is_the_mean_over_the_orders(page):
    """Two factors that explain the same part: the one that is taken out first gets all of it."""
    twins, left = {"reshape", "training"}, {}
    for size in range(len(FACTORS) + 1):
        for out in map(frozenset, itertools.combinations(FACTORS, size)):
            left[out] = pd.Series({7: 0.4 if out & twins else 1.0}).rename_axis("train_seed")
    falls = page["steps"](left)
    assert len(falls) == 6
    shares = falls.groupby(level="train_seed").mean().loc[7].to_dict()
    assert shares == pytest.approx({"reshape": 0.3, "training": 0.3, "floor": 0.0})
    assert falls.loc["training, then floor, then reshape"].loc[7].tolist() == [0.0, 0.6, 0.0]


def at_width(study, width, name=NAME, **more):
    """A study that holds VGG_SVHN alone, at this width and under this name."""
    setting = study.settings(NAME) | {"width": width} | more
    known = {name: setting} | ({ON: study.settings(ON)} if name == NAME else {})
    rows = study.similarity.replace({"experiment": {NAME: name}})
    provenance = {**study.provenance, "experiments": known}
    return dataclasses.replace(study, similarity=rows, provenance=provenance)


def test_the_headline_of_a_study_whose_shares_are_known(study, page):
    """SVCCA differs between the networks: of contrasts 0.5, 0.4 and 0.3, 0.2 are the metrics'."""
    rows = world(study, SAME | {("cka", "channels"): 0.6}, NOTHING).similarity
    shift = np.where(rows.reshape.eq("channels") & rows.experiment.eq(NAME), 0.1, 0)
    value = rows.value + shift * rows.train_seed
    other = at_width(dataclasses.replace(study, similarity=rows.assign(value=value)), 0.5)
    table = page["headline"](other).set_index("part")
    assert table.loc["contrast", ["mean", "networks"]].tolist() == [pytest.approx(0.4), 3]
    of_metrics = interval([0.2 / 0.5, 0.2 / 0.4, 0.2 / 0.3])
    for part in ("metric", "same_matrix"):
        found = table.loc[part, ["mean", "low", "high"]]
        assert found.tolist() == pytest.approx([of_metrics.mean, of_metrics.low, of_metrics.high])
    assert table.loc["reshape", "mean"] == pytest.approx(1 - of_metrics.mean)
    assert table.loc[["training", "floor"], "mean"].tolist() == pytest.approx([0, 0])


def test_there_are_no_shares_of_a_contrast_too_small_to_be_seen(study, page):
    alike = dict.fromkeys(SAME, 0.9)
    table = page["headline"](at_width(world(study, alike, NOTHING), 0.5)).set_index("part")
    assert table.networks["contrast"] == 3
    assert (table.networks.drop("contrast") == 0).all()


def test_a_network_at_several_scales(study, page):
    """Narrow networks first; a width counts once, and another data set not at all."""
    here = at_width(world(study, SAME, NOTHING), 0.5)
    slim = at_width(here, 0.25, f"{NAME}_slim")
    rows = pd.concat([here.similarity, slim.similarity[slim.similarity.experiment != ON]])
    known = {**here.provenance["experiments"], **slim.provenance["experiments"]}
    provenance = {**here.provenance, "experiments": known}
    here = dataclasses.replace(here, similarity=rows, provenance=provenance)
    full, again = at_width(here, 1.0), at_width(here, 0.5)
    studies = here, full, again, at_width(here, 0.75, dataset="mnist28")
    found = {width: where for width, (where, _) in page["at_scales"](NAME, *studies).items()}
    assert list(found) == [0.25, 0.5, 1.0]
    assert found[0.5] is here
    table = page["headline"](*studies).set_index("part")
    assert table.loc["same_matrix", "width"].tolist() == [0.25, 0.5, 1.0]
    assert table.loc["same_matrix", "networks"].tolist() == [3, 3, 3]
    assert table.loc["metric", "networks"].tolist() == [0, 3, 3]  # the slim one was not trained on
