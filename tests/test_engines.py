"""The same study on a few cores, on several GPUs, on a cluster: what `make` tells Snakemake."""

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch
import yaml

from lib import ROOT, options
from lib.study import Study
from lib.study.costs import CPU, estimate, resources


def command(**variables):
    """The arguments that `make study` would give to Snakemake."""
    (module, *words), _ = options.command("study", options.read("study", variables))
    assert module == "snakemake"
    return words


def profile(name):
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text())


def test_one_machine_is_told_nothing_but_its_cores():
    words = command(CORES="3")
    assert words[-3:] == ["--cores", "3", "study"]
    assert not {"--resources", "--workflow-profile"} & set(words)
    assert not any(word.startswith("device=") for word in words)


def test_each_gpu_has_as_many_places_as_jobs_that_may_share_it():
    words = command(PROFILE="paper", GPUS="2", JOBS_PER_GPU="2")
    assert 'device="cuda:0 cuda:1 cuda:0 cuda:1"' in words
    assert "gpu=4" in words  # so many jobs at once, with such a place each
    assert 'device="cuda:0 cuda:1 cuda:2"' in command(GPUS="3")
    assert 'device="cuda:0"' in command(GPUS="1")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_how_many_jobs_share_a_gpu_is_not_guessed_without_one():
    with pytest.raises(ValueError, match="there is no GPU on this machine"):
        command(GPUS="2", JOBS_PER_GPU="auto")


def test_a_cluster_is_told_by_its_profile_and_its_device():
    words = command(ENGINE="slurm", PROFILE="paper", ON="NVIDIA H200")
    assert words[-3:] == ["--workflow-profile", "profiles/slurm", "study"]
    assert not {"--cores", "--resources"} & set(words)
    assert 'on="NVIDIA H200"' in words
    assert not any(word.startswith("on=") for word in command(ENGINE="slurm"))


@pytest.mark.parametrize(
    "asked",
    [
        {
            **{"CORES": "2", "PARTIAL": "", "EXPERIMENTS": "lenet5", "THREADS": "2"},
            **{"GPUS": "2", "JOBS_PER_GPU": "2", "DATA": 'a # "b" {c}\'d'},
        },
        pytest.param(
            {"ENGINE": "slurm", "ON": "CPU"},
            marks=pytest.mark.skipif(
                find_spec("snakemake_executor_plugin_slurm") is None, reason="needs the plugin"
            ),
        ),
    ],
)
def test_snakemake_understands_what_make_tells_it(asked):
    words = command(PROFILE="tiny", **asked)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *words, "--dry-run"],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_cluster_decides_like_one_machine_what_is_left_to_do():
    here, there = profile("default"), profile("slurm")
    assert {name: there[name] for name in here.keys() - {"cores"}} == {
        name: value for name, value in here.items() if name != "cores"
    }


def dry_run(folder, profile, experiments, *given):
    """What Snakemake prints about each job that it would start."""
    loud = ["--quiet", "progress"]  # the profile leaves out the rules and what they would do
    config = [f"profile={profile}", f"experiments={experiments}", f"folder={folder}", *given]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "study", "-n", "-p", *loud, "--config", *config],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize(("on", "gpus"), [("NVIDIA H200", 1), (CPU, 0)])
def test_a_scheduler_is_told_what_jobs_are_estimated_to_take(tmp_path, on, gpus):
    study = Study("paper", tmp_path, ["vgg_svhn"])
    printed = dry_run(tmp_path, "paper", "vgg_svhn", f"on={on}")
    assert {job.kind for job in study.jobs()} == {"complete", "run", "analysis"}
    for job in study.jobs():
        page = re.escape(f"output: {study.job_folder(job)}/notebook.ipynb")
        (line,) = re.findall(rf"{page}\n(?: .*\n)*? +resources: (.*)\n", printed)
        asked = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+),", line)}
        one = estimate(study, job, on)
        wanted = {**resources(one.seconds, one.memory), "gpu": gpus}
        assert {name: asked[name] for name in wanted} == wanted


def test_jobs_are_told_their_devices_and_to_wait_for_a_second_process_of_theirs(tmp_path):
    printed = dry_run(tmp_path, "tiny", "lenet5", "device=cpu cpu")
    jobs = [line for line in printed.splitlines() if "lib.book.execute" in line]
    assert len(jobs) == 2
    assert all({"-pdevice=cpu cpu", "-pwait=True"} <= set(shlex.split(job)) for job in jobs)
