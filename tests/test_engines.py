"""The same study on a few cores, on several GPUs, on a cluster: what `make` tells Snakemake."""

import re
import shlex
from importlib.util import find_spec

import pytest
import yaml

from lib import ROOT, make_variables
from lib.catalogue import declared_study
from lib.commands.plan import measured, resources

from .commands import snakemake


def command(**variables):
    """The arguments that `make study` would give to Snakemake."""
    (module, *words), _ = make_variables.command("study", make_variables.read("study", variables))
    assert module == "snakemake"
    return words


def profile(name):
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text())


def test_one_machine_is_told_nothing_but_its_cores():
    words = command(CORES="3")
    assert words[-3:] == ["--cores", "3", "study"]
    assert not {"--resources", "--workflow-profile"} & set(words)
    assert not any(word.startswith("device=") for word in words)


def test_as_many_jobs_at_once_as_may_share_the_gpus():
    words = command(PROFILE="paper", GPUS="2", JOBS_PER_GPU="2")
    assert {"gpus= 2 ", "gpu=4"} <= set(words)
    assert {"gpus= 3 ", "gpu=3"} <= set(command(GPUS="3"))


def test_a_cluster_is_told_by_its_profile_and_its_device():
    words = command(ENGINE="slurm", PROFILE="paper", ON="CPU")
    assert words[-3:] == ["--workflow-profile", "profiles/slurm", "study"]
    assert not {"--cores", "--resources"} & set(words)
    assert 'on= "CPU" ' in words
    assert not any(word.startswith("on=") for word in command(ENGINE="slurm"))


def dry_run(*words):
    """What Snakemake prints about each job that it would start."""
    loud = ["--quiet", "progress"]  # the profile leaves out the rules and what they would do
    done = snakemake(*words, "--dry-run", "--printshellcmds", *loud)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("asked", "devices"),
    [
        ({"CORES": "2", "PARTIAL": "", "GPUS": "2", "JOBS_PER_GPU": "1"}, ["cuda:0", "cuda:1"]),
        pytest.param(
            {"ENGINE": "slurm", "ON": "CPU"},
            ["auto", "auto"],
            marks=pytest.mark.skipif(
                find_spec("snakemake_executor_plugin_slurm") is None, reason="needs the plugin"
            ),
        ),
    ],
)
def test_snakemake_understands_what_make_tells_it_and_tells_it_to_jobs(tmp_path, asked, devices):
    data = 'a # {b}\'s "c"'
    asked = {"EXPERIMENTS": "lenet5 conv4", "CHAPTER": "", "THREADS": "2", **asked}
    words = command(PROFILE="tiny", DATA=data, **asked)
    words.insert(words.index("--config") + 1, f"folder={tmp_path}")
    printed = dry_run(*words)
    lines = [line for line in printed.splitlines() if "lib.book.execute" in line]
    for kind in ("complete", "run"):
        jobs = [shlex.split(line) for line in lines if f"job_{kind}.py" in line]
        # the last one: a job waits for a second process of its own
        assert all({f"-pdata={data}", "-pwait=True"} <= set(job) for job in jobs)
        told = [word for job in jobs for word in job if word.startswith("-pdevice=")]
        assert sorted(told) == [f"-pdevice={device}" for device in devices]


def test_a_cluster_decides_like_one_machine_what_is_left_to_do():
    here, there = profile("default"), profile("slurm")
    assert {name: there[name] for name in here.keys() - {"cores"}} == {
        name: value for name, value in here.items() if name != "cores"
    }


@pytest.mark.parametrize(("on", "gpus"), [("GPU", 1), ("CPU", 0)])
def test_a_scheduler_is_told_what_such_jobs_took(tmp_path, on, gpus):
    chapter = "converged"
    network = "resnet_fast_converged"
    study = declared_study("paper", tmp_path, [network], chapter)
    took = measured("paper", gpu=on == "GPU")
    config = ["profile=paper", f"experiments={network}", f"folder={tmp_path}", f"on={on}"]
    config.append(f"chapter={chapter}")
    printed = dry_run("study", "--config", *config)
    assert {job.kind for job in study.jobs()} == {"complete", "run", "analysis"}
    urgency = {}
    for job in study.jobs():
        page = re.escape(f"output: {study.job_folder(job)}/notebook.ipynb")
        (line,) = re.findall(rf"{page}\n(?: .*\n)*? +resources: (.*)\n", printed)
        asked = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+),", line)}
        wanted = {**resources(job, took), "gpu": gpus}
        assert {name: asked[name] for name in wanted} == wanted
        (urgency[job],) = map(float, re.findall(rf"{page}\n(?: .*\n)*? +priority: (.*)\n", printed))
        for needed in study.needs(job):  # it is on the way to this one, and more
            assert urgency[needed] > urgency[job] >= 1
