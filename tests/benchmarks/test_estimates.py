"""What a study would take is what its jobs took, as far as they were measured."""

import pandas as pd
import pytest

from benchmarks import estimates
from lib import ROOT
from lib.book.pages import FULL_SCALE, published_results
from lib.catalogue import declared_study
from lib.integrity import load_sealed

FOLDERS = [published_results("converged"), published_results(FULL_SCALE)]


def test_seconds_on_a_gpu_are_those_of_runs_that_prune():
    seconds = estimates.gpu_seconds(FOLDERS)
    jobs = pd.DataFrame(load_sealed(ROOT / FOLDERS[0])["jobs"])
    runs = jobs[
        jobs.experiment.isin(["vgg16_bn_wide", "vgg16_bn_wide_trained_as_long"])
        & jobs.prune_seed.notna()
        & jobs.analysis.fillna("").eq("")
    ]
    images = 4 * 24 * 10_000
    assert seconds["vgg16_bn"] == pytest.approx(runs.seconds.median() / images)
    assert {*seconds.index} == {"vgg16_bn", "vgg_svhn", "resnet_fast"}


def test_hours_of_jobs_that_were_measured_come_out_as_measured():
    study = declared_study("laptop", ROOT, ["vgg16_bn_wide"], chapter="converged")
    seconds = estimates.gpu_seconds(FOLDERS)
    jobs = pd.DataFrame(load_sealed(ROOT / FOLDERS[0])["jobs"])
    took = (
        jobs[jobs.experiment.eq("vgg16_bn_wide") & jobs.analysis.fillna("").eq("")].seconds.sum()
        / 3600
    )
    assert estimates.hours(study, seconds)[1] == pytest.approx(took, rel=0.15)


def test_what_two_cores_have_done_is_not_counted_again():
    study = declared_study("laptop", ROOT)
    seconds = estimates.gpu_seconds(FOLDERS)
    rest, whole = (estimates.hours(study, seconds, done) for done in (study.experiments, ()))
    assert rest == (0, whole[1])
    assert whole[0] > 0


def test_twenty_prunings_keep_about_as_much_as_four_networks_and_their_masks():
    study = declared_study("paper", ROOT, ["vgg_svhn"])
    network = 585_450 * 4 / 1e9
    jobs = 3
    masks = 20 / 32
    assert estimates.gigabytes(study) == pytest.approx(jobs * network * (1 + 4 + masks), rel=0.03)
