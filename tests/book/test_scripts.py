"""The jobs' notebooks are plain scripts as well, for machines without Jupyter."""

import os
import subprocess
import sys

from lib import ROOT
from lib.study import Job, Study, run_job


def script(name, *arguments):
    return subprocess.run(
        [sys.executable, f"notebooks/{name}.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )


def test_a_job_runs_as_a_script(tmp_path):
    arguments = ["profile=tiny", "experiment=vgg_svhn", f"folder={tmp_path}"]
    done = script("job_complete", *arguments)
    assert done.returncode == 0, done.stderr
    assert "epoch 2/2" in done.stdout
    study = Study("tiny", tmp_path)
    assert study.is_done(Job("vgg_svhn", 0))
    assert not study.is_done(Job("vgg_svhn", 0, 0))


def test_an_analysis_prints_what_it_found(tmp_path, few_test_images):
    study = Study("tiny", tmp_path, ["lenet5"])
    for job in (Job("lenet5", 0), Job("lenet5", 0, 0)):
        run_job(study, job, device="cpu")
    arguments = ["profile=tiny", "experiment=lenet5", "analysis=landscape"]
    done = script("job_analysis", *arguments, f"folder={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert "eigenvalue" in done.stdout


def test_a_mistyped_argument_ends_it_with_a_hint():
    done = script("job_run", "profile=tiny", "experiment=vgg_svhm")
    assert done.returncode != 0
    assert "Did you mean 'vgg_svhn'" in done.stderr
