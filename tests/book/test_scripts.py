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


def test_jobs_run_as_scripts_and_say_what_they_found(tmp_path, few_test_images):
    study, run = Study("tiny", tmp_path, ["lenet5"]), Job("lenet5", 0, 0)
    arguments = ["profile=tiny", "experiment=lenet5", f"folder={tmp_path}"]
    done = script("job_complete", *arguments)
    assert done.returncode == 0, done.stderr
    assert "epoch 2/2" in done.stdout
    assert study.is_done(Job("lenet5", 0))
    assert not study.is_done(run)
    run_job(study, run, device="cpu")
    done = script("job_analysis", *arguments, "analysis=landscape")
    assert done.returncode == 0, done.stderr
    assert "eigenvalue" in done.stdout
