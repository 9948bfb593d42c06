"""The contrast between metrics in made-up studies where each part of it is known."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from lib.analyses.contrast import analysis, bars, one_scale, shown
from lib.analyses.contrast.contrast import contrast
from lib.book.report.results import load_results, results_if_any
from lib.book.report.statistics import Interval, interval

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
UNLIKE = SAME | {("cka", "channels"): 0.9}
NOTHING = dict.fromkeys(SAME, 1.0)


@pytest.mark.parametrize(
    ("part", "pruned", "null"),
    [
        ("reshape", SAME, {}),
        ("metric", UNLIKE, {}),
        # 0.4 over a null of 0 and 0.9 over a null of 5/6 are equally far from chance
        ("null", UNLIKE, {"cka": 5 / 6}),
    ],
)
def test_a_contrast_of_one_part_alone(study, part, pruned, null):
    left = analysis.remainders(world(study, pruned, NOTHING, null), NAME)
    found = analysis.decomposed(left)
    expected = dict.fromkeys([*analysis.CAUSES, "metric"], 0) | {part: 0.5, "contrast": 0.5}
    assert list(found.index) == list(NETWORKS)
    for _, parts in found.iterrows():
        assert parts.to_dict() == pytest.approx(expected)


def test_what_pruning_adds_is_known_where_a_network_was_trained_as_long(study):
    """A contrast of 0.5, of which the networks have 0.2 without pruning."""
    trained = {("svcca", "channels"): 0.7, ("cka", "flat"): 0.9}
    other = world(study, UNLIKE, trained, trained_as_long=(0, 2))
    found = analysis.without_pruning(other, NAME)
    assert found.trained.tolist() == pytest.approx([0.2, np.nan, 0.2], nan_ok=True)
    assert found.adds.tolist() == pytest.approx([0.3, np.nan, 0.3], nan_ok=True)
    assert found.siblings.isna().all()


def test_the_contrast_between_seeds_is_a_mean_over_the_pairs(study):
    """Pairs share networks, so a network gets a pseudo-value; their mean is that of the pairs."""
    rows = world(study, UNLIKE, NOTHING).similarity
    pairs = {0: (0, 1), 1: (0, 2), 2: (1, 2)}
    parts = [
        rows[(rows.experiment == NAME) & (rows.train_seed == number)].assign(
            experiment=f"{NAME}_independent", train_seed=one, run_seed=other
        )
        for number, (one, other) in pairs.items()
    ]
    for number, part in enumerate(parts):
        part.loc[part.metric == "svcca", "value"] = 0.5 - 0.1 * number
    known = study.provenance["experiments"]
    provenance = {**study.provenance, "experiments": known | {f"{NAME}_independent": known[NAME]}}
    other = dataclasses.replace(
        study, similarity=pd.concat([rows, *parts], ignore_index=True), provenance=provenance
    )
    found = analysis.without_pruning(other, NAME).siblings
    assert found.mean() == pytest.approx(0.5)
    assert found.tolist() == pytest.approx([0.3, 0.5, 0.7])
    first = other.similarity[other.similarity.train_seed.eq(0) & other.similarity.run_seed.lt(2)]
    single = dataclasses.replace(other, similarity=first)
    found = analysis.without_pruning(single, NAME).siblings
    assert found.to_dict() == pytest.approx({0: 0.4})


def test_without_a_null_or_a_control_the_rest_is_known(study):
    assert analysis.without_pruning(study, "vgg16_bn").isna().all(axis=None)
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


def test_a_share_is_the_mean_over_the_orders():
    """Two causes that explain the same part: the one that is taken out first gets all of it."""
    left = {}
    for size in range(len(analysis.CAUSES) + 1):
        for out in map(frozenset, itertools.combinations(analysis.CAUSES, size)):
            left[out] = pd.Series({7: 0.4 if out else 1.0}).rename_axis("train_seed")
    falls = analysis.falls_in_order(left)
    assert len(falls) == 2
    shares = falls.groupby(level="train_seed").mean().loc[7].to_dict()
    assert shares == pytest.approx({"reshape": 0.3, "null": 0.3})
    assert falls.loc["null, then reshape"].loc[7].tolist() == [0.0, 0.6]


def at_width(study, width):
    """A study that holds VGG_SVHN alone with its control, at this width."""
    known = {NAME: study.settings(NAME) | {"width": width}, ON: study.settings(ON)}
    return dataclasses.replace(study, provenance={**study.provenance, "experiments": known})


def test_the_headline_of_a_study_whose_shares_are_known(study):
    """SVCCA differs between the networks: of contrasts 0.5, 0.4 and 0.3, 0.2 are the metrics'."""
    rows = world(study, SAME | {("cka", "channels"): 0.6}, NOTHING).similarity
    shift = np.where(rows.reshape.eq("channels") & rows.experiment.eq(NAME), 0.1, 0)
    value = rows.value + shift * rows.train_seed
    other = at_width(dataclasses.replace(study, similarity=rows.assign(value=value)), 0.5)
    parts = analysis.mean_parts(other).loc[NAME, "VGG_SVHN"]
    assert (parts["contrast"].mean, parts["contrast"].n) == (pytest.approx(0.4), 3)
    of_metrics = interval([0.2 / 0.5, 0.2 / 0.4, 0.2 / 0.3])
    found = parts["metric"]
    ends = [of_metrics.mean, of_metrics.low, of_metrics.high]
    assert [found.mean, found.low, found.high] == pytest.approx(ends)
    assert parts["reshape"].mean == pytest.approx(1 - of_metrics.mean)
    assert parts["null"].mean == pytest.approx(0)
    assert [parts["trained"].mean, parts["adds"].mean] == pytest.approx([0, 0.4])
    texts = shown.headline_table(analysis.mean_parts(other), ", by hand").loc["VGG_SVHN, by hand"]
    assert texts["Metrics"] == "52 (19 to 86) %"
    assert texts["Other seeds"] == "-"


def test_there_are_no_shares_of_a_contrast_too_small_to_be_seen(study):
    alike = dict.fromkeys(SAME, 0.9)
    parts = analysis.mean_parts(at_width(world(study, alike, NOTHING), 0.5)).loc[NAME, "VGG_SVHN"]
    assert parts["contrast"].n == 3
    assert [parts[share].n for share in analysis.SHARES] == [0, 0, 0]


def test_what_is_decided_of_each_network(study):
    """Pruning adds 0.5 and the networks do not differ; without a control nothing is known."""
    other = world(study, UNLIKE, NOTHING)
    other = dataclasses.replace(
        other, provenance={**study.provenance, "experiments": study.provenance["experiments"]}
    )
    parts = analysis.mean_parts(at_width(other, 0.5))
    found = {one.key: one.verdict for one in shown.decided_parts(parts, end="-full")}
    assert found == {
        "contrast-adds-vgg-svhn-full": "above 0",
        "contrast-metric-vgg-svhn-full": "above 0",
        "contrast-siblings-vgg-svhn-full": "not measured",
        "contrast-trained-vgg-svhn-full": "undecided",
    }


def test_tables_and_figures_of_a_study_without_controls_are_empty(study):
    known = {NAME: study.settings(NAME)}
    alone = dataclasses.replace(study, provenance={**study.provenance, "experiments": known})
    assert shown.move_table(shown.additions(alone)).empty
    figure = bars.taken_apart(analysis.mean_parts(alone))
    assert "was not measured" in figure._repr_html_()
    nothing = analysis.mean_parts(results_if_any("results/no_such_study"))
    assert shown.headline_table(nothing).empty
    assert not shown.decided_parts(nothing)


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
