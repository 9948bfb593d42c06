"""What jobs took: kinds of jobs, totals and medians, and the speed of training."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.cost.analysis import (
    COMPLETE_JOB,
    RUN_JOB,
    job_summary,
    jobs_of_scales,
    seconds_an_epoch,
    totals,
    training_speed,
)
from lib.book.report.results import load_results, results_if_any

from ...book.report.made_up import write_results


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_results(write_results(tmp_path_factory.mktemp("cost") / "results"))


def job(**changed):
    return {
        "experiment": "vgg_svhn",
        "prune_seed": None,
        "seconds": 60,
        "memory": 1024,
        "device": "cpu, 1 threads",
    } | changed


@pytest.fixture(scope="module")
def jobs(study, tmp_path_factory):
    done = [
        job(),
        job(prune_seed=0, seconds=600),
        job(prune_seed=1, seconds=1200, memory=2048),
        job(prune_seed=2, seconds=6000),
        job(prune_seed=0, analysis="flips"),
    ]
    changed = replace(study, provenance=dict(study.provenance) | {"jobs": done})
    nothing = results_if_any(tmp_path_factory.mktemp("cost") / "none")
    return jobs_of_scales({"this study": changed, "the paper": nothing})


def test_jobs_are_of_a_kind_and_of_a_scale(jobs):
    assert jobs.what.tolist() == [COMPLETE_JOB, RUN_JOB, RUN_JOB, RUN_JOB, "flips"]
    assert set(jobs.scale) == {"this study"}
    assert set(jobs.device) == {"cpu, 1 thread"}


def test_totals_are_in_hours(jobs):
    row = totals(jobs).loc["this study", "cpu, 1 thread"]
    assert row.Jobs == 5
    assert row.Hours == pytest.approx((60 + 600 + 1200 + 6000 + 60) / 3600)


def test_a_kind_of_job_has_its_median_its_longest_and_the_most_memory(jobs):
    table = job_summary(jobs)
    row = table.loc["vgg_svhn", RUN_JOB, "cpu, 1 thread"]
    assert row[["Jobs", "Minutes", "Longest", "GiB"]].tolist() == [3, 20, 100, 2]
    assert "On GPU" not in table
    gpu = job_summary(jobs.assign(gpu_memory=3072))
    assert set(gpu["On GPU"]) == {3}


def test_training_is_compared_with_a_plain_loop(tmp_path):
    row = {"network": "vgg_svhn", "width": 0.25, "plain images/s": 1000}
    for precision, ratio in (("float32", 1.5), ("bfloat16", 2)):
        row |= {f"{precision} images/s": 1000 * ratio, f"{precision} ratio": ratio}
        row |= {f"{precision} ratio min": ratio - 0.1, f"{precision} ratio max": ratio + 0.1}
    pd.DataFrame([row]).to_csv(tmp_path / "training.csv")
    table = training_speed(tmp_path / "training.csv").loc["VGG_SVHN"]
    assert table.Precision.tolist() == ["float32", "bfloat16"]
    assert table["Images/s"].tolist() == ["1,500", "2,000"]
    assert table.Ratio.tolist() == ["1.5 (1.4 to 1.6)", "2.0 (1.9 to 2.1)"]


def test_an_epoch_is_timed_without_the_complete_networks(study, jobs):
    table = seconds_an_epoch(study, jobs)
    assert table.loc["vgg_svhn", "Seconds an epoch"] == pytest.approx(0.75)
    assert table.loc["vgg_svhn", "Device"] == "cpu, 1 thread"
