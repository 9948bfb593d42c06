"""Kept networks compared once more: the rows of the job, and how they join those of a study."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.contrast.all_matrices import with_matrices
from lib.analyses.contrast.tables import FURTHER_MATRICES
from lib.catalogue import declared_study
from lib.metrics import cka
from lib.models import record_layers
from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.stored_networks import load_complete, load_mask, load_network

NETWORK = "vgg_svhn_wide"
PAIRS = f"{NETWORK}_independent"
LAYER = "conv2_1"


@pytest.fixture(scope="module")
def study(tmp_path_factory, quick_jobs):
    """A network that was pruned and a pair of independent ones, compared once more."""
    folder = tmp_path_factory.mktemp("matrices")
    study = declared_study("tiny", folder, [NETWORK, PAIRS], "converged")
    wanted = {Job(NETWORK, 0), Job(NETWORK, 1), Job(NETWORK, 0, 0), Job(PAIRS, 0, other_seed=1)}
    wanted |= {
        Job(NETWORK, 0, 0, FURTHER_MATRICES.name),
        Job(PAIRS, 0, analysis=FURTHER_MATRICES.name, other_seed=1),
    }
    for job in study.jobs():
        if job in wanted:
            run_job(study, job, device="cpu")
    return study


def rows_of(study, job, table):
    return pd.read_parquet(study.job_folder(job) / f"{table}.parquet")


def further(study, job):
    return rows_of(study, replace(job, analysis=FURTHER_MATRICES.name), FURTHER_MATRICES.name)


KEY = ["iteration", "layer", "metric", "reshape"]


@pytest.mark.parametrize("job", [Job(NETWORK, 0, 0), Job(PAIRS, 0, other_seed=1)], ids=str)
def test_its_own_rows_come_out_as_they_were(study, job):
    own, again = rows_of(study, job, "similarity"), further(study, job)
    assert set(again.iteration) <= set(own.iteration)
    own = own[own.iteration.isin(again.iteration)]
    both = own.merge(again, on=KEY, suffixes=("", "_again"))
    assert len(both) == len(own) < len(again)
    for column in ("value", "null_mean", "null_max", "remaining", "rank_y"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_again"], check_names=False)


def test_each_metric_is_there_on_each_matrix_and_each_layer_has_its_dimension(study):
    rows = further(study, Job(NETWORK, 0, 0))
    assert set(rows.iteration) == {1, 2}
    hidden = rows[rows.kind != "out"]
    matrices = hidden.groupby("metric").reshape.agg(set)
    assert (matrices.map(lambda found: found >= {"channels", "gap"})).all()
    assert "flat" in matrices["cka"] & matrices["nbs"]
    on_images = hidden[hidden.reshape == "flat"]
    assert on_images[["id_x", "pr_x", "id_y", "pr_y"]].notna().all(axis=None)


def setting_of(study, job):
    return PreparedExperiment.load(study.experiment(job.experiment), "", "cpu")


def on_channels(networks, images):
    """CKA of two networks in a layer, where each position of each image is a row."""
    both = [record_layers(network, images, [LAYER])[LAYER] for network in networks]
    return cka(*(output.movedim(1, -1).flatten(0, -2) for output in both))


def value(rows, **where):
    wanted = {"layer": LAYER, "metric": "cka", "reshape": "channels"} | where
    return rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)].value.item()


def test_the_networks_are_the_complete_one_and_its_pruned_ones(study):
    run = Job(NETWORK, 0, 0)
    setting = setting_of(study, run)
    complete = load_complete(study, Job(NETWORK, 0), setting)
    rows = further(study, run)
    for iteration in (1, 2):
        pruned = load_network(study, run, setting, iteration)
        there = on_channels([complete, pruned], setting.probe_images())
        assert value(rows, iteration=iteration) == pytest.approx(there, abs=1e-9)
        left = load_mask(study, run, iteration).remaining
        assert set(rows.remaining[rows.iteration == iteration]) == {left}


def test_independent_networks_are_those_of_the_two_seeds(study):
    pair = Job(PAIRS, 0, other_seed=1)
    setting = setting_of(study, pair)
    networks = [load_complete(study, Job(PAIRS, seed), setting) for seed in (0, 1)]
    rows = further(study, pair)
    there = on_channels(networks, setting.probe_images())
    assert value(rows, iteration=0) == pytest.approx(there, abs=1e-9)
    assert set(rows.remaining) == {1.0}


def is_compared(rows):
    return rows.experiment.eq("vgg_svhn") & rows.run_seed.eq(0) & rows.iteration.eq(5)


def test_a_network_compared_once_more_has_the_rows_of_that_comparison_alone(results):
    before = results.similarity
    again = before[is_compared(before)].assign(value=0.25)
    again = pd.concat([again, again.assign(reshape="gap")], ignore_index=True)
    after = with_matrices(results.having(FURTHER_MATRICES, again)).similarity
    pd.testing.assert_frame_equal(after[is_compared(after)].reset_index(drop=True), again)
    others = before[~is_compared(before)].reset_index(drop=True)
    pd.testing.assert_frame_equal(after[~is_compared(after)].reset_index(drop=True), others)


def test_without_such_a_table_a_study_stays_as_it_is(results):
    assert with_matrices(results) is results
