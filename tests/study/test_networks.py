"""The network of every iteration is kept, and comes back as it was."""

import shutil

import pandas as pd
import pytest
import torch

from lib.metrics import cka
from lib.models import record_layers
from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.running_job import RunningJob
from lib.study.stored_networks import load_complete, load_mask, load_network

JOB = Job("vgg_svhn", 0, 0)


@pytest.fixture
def done(trained):
    return trained, PreparedExperiment.load(trained.experiment("vgg_svhn"), "", "cpu")


def test_a_kept_network_gives_the_numbers_of_the_table(done):
    study, setting = done
    table = pd.read_parquet(study.job_folder(JOB) / "similarity.parquet")
    complete, images = load_complete(study, JOB, setting), setting.probe_images()
    for iteration in (1, 3):
        network = load_network(study, JOB, setting, iteration)
        x, y = (record_layers(net, images, ["pool2"])["pool2"] for net in (complete, network))
        rows = table[(table.layer == "pool2") & (table.iteration == iteration)]
        row = rows[(rows.metric == "cka") & (rows.reshape == "flat")]
        assert cka(x, y) == pytest.approx(row.value.item(), abs=1e-12)


def test_pruned_weights_are_exactly_zero_and_the_others_are_not(done):
    study, setting = done
    network, mask = load_network(study, JOB, setting, 2), load_mask(study, JOB, 2)
    assert mask.remaining == pytest.approx(0.64, abs=1e-3)
    weights = dict(network.named_parameters())
    for name, kept in mask.kept.items():
        assert torch.equal(weights[name] != 0, kept)


def test_an_iteration_that_was_not_reached_is_named(done):
    study, setting = done
    with pytest.raises(FileNotFoundError, match="kept no network of iteration 4"):
        load_network(study, JOB, setting, 4)


def test_only_the_file_that_was_kept_is_read(done):
    study, setting = done
    first, second = (study.job_folder(JOB) / f"networks/0{i}.pt" for i in (1, 2))
    first.write_bytes(second.read_bytes())
    with pytest.raises(ValueError, match=r"networks/01\.pt is damaged.*Start the study again"):
        load_network(study, JOB, setting, 1)
    first.unlink()
    with pytest.raises(ValueError, match=r"networks/01\.pt is missing"):
        load_mask(study, JOB, 1)


def test_a_run_that_lost_a_network_starts_from_the_beginning(trained, monkeypatch):
    study, write = trained, RunningJob.write
    folder = study.job_folder(JOB)
    shutil.rmtree(folder)

    def lose(task, *tables):
        (folder / "networks/01.pt").unlink()
        write(task, *tables)

    with monkeypatch.context() as patch:
        patch.setattr(RunningJob, "write", lose)
        with pytest.raises(ValueError, match=r"networks/01\.pt is missing.*Start the study again"):
            run_job(study, JOB, device="cpu")
    assert not study.is_done(JOB)
    run_job(study, JOB, device="cpu")  # from the beginning
    assert load_mask(study, JOB, 1)
