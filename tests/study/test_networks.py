"""The network of every iteration is kept, and no other one is taken for it."""

import shutil

import pytest

from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.running_job import RunningJob
from lib.study.storage import load_mask, load_network

JOB = Job("vgg_svhn", 0, 0)


def test_only_the_file_that_was_kept_is_read(trained):
    setting = PreparedExperiment.load(trained.experiment("vgg_svhn"), "", "cpu")
    first, second = (trained.job_folder(JOB) / f"networks/0{i}.pt" for i in (1, 2))
    first.write_bytes(second.read_bytes())
    with pytest.raises(ValueError, match=r"networks/01\.pt is damaged.*Start the study again"):
        load_network(trained, JOB, setting, 1)
    with pytest.raises(FileNotFoundError, match="kept no network of iteration 4"):
        load_network(trained, JOB, setting, 4)


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
