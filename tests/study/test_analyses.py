"""Analyses of kept networks: each reading is the plain definition on the same images."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.gradients import job as gradients
from lib.analyses.gradients.tables import NO_GRADIENTS
from lib.analyses.robustness import job as robustness
from lib.analyses.robustness import robustness_rows
from lib.analyses.robustness.job import Robustness
from lib.analyses.robustness.leading import without_leading_components
from lib.analyses.validity import identification_job as identification
from lib.analyses.validity import matching_job as matching
from lib.analyses.validity.identification_job import Identification
from lib.catalogue import CATALOGUE
from lib.metrics import (
    UnitMatching,
    cka,
    linear_regression,
    nbs,
    svcca,
    unit_matching,
)
from lib.models import record_layers, recorded_layers
from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.stored_networks import load_complete, load_network
from lib.study.study import Study

from .conftest import TINY, OneExperiment

READINGS = Robustness(
    iterations=(1, 3), images=(20, 30, 1000), nbs_images=20, draws=(0, 1), leading=(0, 1)
)
NAME, CHAPTER = "vgg_svhn_wide", "converged"
ANALYSED = replace(TINY, name=NAME)


class WithAnalyses(OneExperiment):
    def experiment(self, name):
        if name == NAME:
            return ANALYSED
        assert name == f"{NAME}_independent"
        return replace(ANALYSED, name=name, train_seeds=(0, 1), against="complete")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """That of the chapter to which most analyses belong; others are of the main study."""
    independent = f"{NAME}_independent"
    profile = WithAnalyses(
        name="test",
        description="a test",
        changes={NAME: {}},
        catalogue=CATALOGUE,
        variants=(independent,),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(robustness.DECLARED, "test", {NAME: READINGS})
        beside = dict.fromkeys((NAME, independent), gradients.Gradients((1, 3), 20))
        patch.setitem(gradients.DECLARED, "test", beside)
        patch.setitem(identification.DECLARED, "test", {independent: Identification(images=30)})
        patch.setitem(
            matching.DECLARED, "test", dict.fromkeys((NAME, independent), matching.Matching())
        )
        folder = tmp_path_factory.mktemp("study")
        study = Study(profile, folder, [NAME, independent], CHAPTER)
        for each in (study, Study(profile, folder)):
            for job in each.jobs():
                if not each.is_done(job):
                    run_job(each, job, device="cpu")
        yield study


@pytest.fixture(scope="module")
def setting():
    return PreparedExperiment.load(ANALYSED, "", "cpu")


@pytest.fixture(scope="module")
def readings(study):
    job = Job(NAME, 0, 0, "robustness")
    return pd.read_parquet(study.job_folder(job) / "robustness.parquet")


@pytest.fixture(scope="module")
def outputs(study, setting):
    """The third iteration's first convolution, beside the complete network's."""
    job, images = Job(NAME, 0, 0), setting.probe_images()
    networks = load_complete(study, job, setting), load_network(study, job, setting, 3)
    return [record_layers(network, images, ["conv1_1"])["conv1_1"] for network in networks]


def one(readings, axis, setting, metric, reshape=None):
    rows = readings[(readings.layer == "conv1_1") & (readings.iteration == 3)]
    rows = rows[(rows.axis == axis) & (rows.setting == setting) & (rows.metric == metric)]
    return (rows if reshape is None else rows[rows.reshape == reshape]).value.item()


def test_the_settings_of_the_study_itself_give_its_own_numbers(study, readings):
    """So a kept network is also the one that was compared."""
    table = pd.read_parquet(study.job_folder(Job(NAME, 0, 0)) / "similarity.parquet")
    own = {
        ("draw", "0"): ["mean_cca", "svcca", "pwcca", "cka", "nbs"],
        ("split", "test"): ["mean_cca", "svcca", "pwcca", "cka", "nbs"],
        ("precision", "float32"): ["mean_cca", "svcca", "pwcca", "cka", "nbs"],
        ("threshold", "0.99"): ["svcca"],
        ("mean", "plain"): ["mean_cca", "svcca"],
    }
    for (axis, value), metrics in own.items():
        rows = readings[(readings.axis == axis) & (readings.setting == value)]
        rows = rows[rows.metric.isin(metrics)]
        both = rows.merge(table, on=["iteration", "layer", "metric", "reshape"])
        assert len(both) == len(rows) > 0
        assert both.value_x.to_numpy() == pytest.approx(both.value_y.to_numpy(), nan_ok=True)


def test_a_reading_is_the_definition_with_one_thing_changed(readings, outputs):
    x, y = outputs
    assert one(readings, "threshold", "0.9", "svcca") == pytest.approx(svcca(x, y, threshold=0.9))
    assert one(readings, "mean", "sum98", "svcca") == pytest.approx(svcca(x, y, mean="sum98"))
    assert one(readings, "debiased", "debiased", "cka", "flat") == pytest.approx(
        cka(x, y, debiased=True)
    )
    assert one(readings, "debiased", "biased", "cka", "gap") == pytest.approx(
        cka(x, y, reshape="gap")
    )
    fewer = without_leading_components(x, 1), without_leading_components(y, 1)
    assert one(readings, "leading", "1", "cka") == pytest.approx(cka(*fewer))
    assert one(readings, "leading", "0", "nbs") == pytest.approx(nbs(x, y))


def test_other_images_and_precisions_move_the_numbers_by_little_or_not_at_all(readings):
    base = one(readings, "draw", "0", "cka")
    assert one(readings, "precision", "float64", "cka") == pytest.approx(base, abs=1e-4)
    assert 0 < abs(one(readings, "precision", "bfloat16", "cka") - base) < 0.05
    assert 0 < abs(one(readings, "draw", "1", "cka") - base) < 0.3
    assert 0 < abs(one(readings, "split", "train", "cka") - base) < 0.3


def test_probes_that_are_too_large_for_the_data_or_for_nbs_are_left_out(readings):
    sizes = readings[readings.axis == "images"]
    assert set(sizes.setting) == {"20", "30"}
    assert set(sizes[sizes.metric == "nbs"].setting) == {"20"}


def test_readings_continue_where_they_stopped(study, readings, monkeypatch, tmp_path):
    job = Job(NAME, 0, 0, "robustness")
    run, complete = Job(NAME, 0, 0), Job(NAME, 0)
    again = Study(study.profile, tmp_path, study.experiments, CHAPTER)
    for other in (complete, run):
        again.job_folder(other).parent.mkdir(parents=True, exist_ok=True)
        again.job_folder(other).symlink_to(study.job_folder(other))
    whole, calls = robustness_rows._compared, []

    def stopped(task, axis, value, *arguments):
        calls.append((axis, value))
        if (axis, value) == ("draw", "1") and calls.count(("draw", "1")) == 1:
            raise KeyboardInterrupt
        return whole(task, axis, value, *arguments)

    monkeypatch.setattr(robustness_rows, "_compared", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_job(again, job, device="cpu")
    assert not again.is_done(job)
    run_job(again, job, device="cpu")
    assert calls.count(("images", "20")) == 1
    table = pd.read_parquet(again.job_folder(job) / "robustness.parquet")
    pd.testing.assert_frame_equal(table, readings)


def test_a_layer_is_compared_with_every_layer_that_it_can_be_compared_with(study, setting):
    job = Job(f"{NAME}_independent", 0, analysis="identification", other_seed=1)
    table = pd.read_parquet(study.job_folder(job) / "identification.parquet")
    network = load_complete(study, Job(NAME, 0), setting)
    hidden = [name for name, kind in recorded_layers(network) if kind != "out"]
    flat = table[(table.reshape == "flat") & (table.metric == "cka")]
    assert len(flat) == (len(hidden) + 1) ** 2
    channels = table[(table.reshape == "channels") & (table.metric == "cka")]
    assert set(channels[channels.layer_x == "conv1_1"].layer_y) == {"conv1_1", "conv1_2"}
    images = setting.probe_images()[:30]
    networks = [load_complete(study, Job(NAME, seed), setting) for seed in (0, 1)]
    x, y = (record_layers(network, images, hidden) for network in networks)
    row = flat[(flat.layer_x == "conv2_1") & (flat.layer_y == "pool3")]
    assert row.value.item() == pytest.approx(cka(x["conv2_1"], y["pool3"]))
    row = channels[(channels.layer_x == "conv1_1") & (channels.layer_y == "conv1_2")]
    assert row.value.item() == pytest.approx(cka(x["conv1_1"], y["conv1_2"], reshape="channels"))
    row = table[(table.metric == "linear_regression") & (table.reshape == "channels")]
    row = row[(row.layer_x == "conv1_1") & (row.layer_y == "conv1_2")]
    assert row.value.item() == pytest.approx(linear_regression(x["conv1_1"], y["conv1_2"]))


def test_channels_are_matched_in_each_iteration_and_with_an_independent_network(study, outputs):
    def table(experiment, **run_seed):
        folder = study.job_folder(Job(experiment, 0, analysis="matching", **run_seed))
        return pd.read_parquet(folder / "matching.parquet")

    own, other = table(NAME, prune_seed=0), table(f"{NAME}_independent", other_seed=1)
    assert set(own.iteration) == {1, 2, 3}
    assert set(other.iteration) == {0}
    assert "out" not in {*own.layer}
    row = own[(own.iteration == 3) & (own.layer == "conv1_1")].iloc[0]
    assert row[list(UnitMatching._fields)].tolist() == pytest.approx(unit_matching(*outputs))
    assert own.own.mean() > 0.5 > other.own.mean()


def test_the_number_of_pairs_can_be_limited():
    experiment = replace(ANALYSED, train_seeds=(0, 1, 2), against="complete")
    assert [tuple(run.values()) for run in Identification().runs(experiment)] == [
        (0, 1),
        (0, 2),
        (1, 2),
    ]
    assert Identification(pairs=1).runs(experiment) == [{"train_seed": 0, "other_seed": 1}]


def test_an_undeclared_analysis_is_refused_by_name(study):
    with pytest.raises(ValueError, match="unknown analysis of vgg_svhn_wide 'robust'"):
        study.fingerprint(Job(NAME, 0, 0, "robust"))


def test_an_analysis_waits_for_its_run(study):
    job = Job(NAME, 0, 0, "robustness")
    assert study.needs(job) == [Job(NAME, 0), Job(NAME, 0, 0)]
    assert str(job) == "vgg_svhn_wide, train seed 0, prune seed 0, robustness"


def test_pruned_networks_or_another_one_are_seen_beside_the_complete_one(study, setting):
    images = setting.inputs(setting.dataset.test, slice(20))[0]
    complete, other = (load_complete(study, Job(NAME, seed), setting) for seed in (0, 1))
    pruned = load_network(study, Job(NAME, 0, 0), setting, 3)
    x = record_layers(complete, images, ["conv1_1", "out"])
    for name, run_seed, iterations, network in (
        (NAME, {"prune_seed": 0}, [1, 3], pruned),
        (f"{NAME}_independent", {"other_seed": 1}, [0], other),
    ):
        folder = study.job_folder(Job(name, 0, analysis="gradients", **run_seed))
        table = pd.read_parquet(folder / "gradients.parquet")
        assert table.iteration.unique().tolist() == iterations
        rows = table[(table.iteration == iterations[-1]) & (table.kernel == NO_GRADIENTS)]
        found = rows[rows.layer == "conv1_1"].set_index("metric").value["cka"]
        y = record_layers(network, images, ["conv1_1"])
        assert found == pytest.approx(cka(x["conv1_1"], y["conv1_1"]))
