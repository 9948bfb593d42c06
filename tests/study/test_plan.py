"""A plan counts what is left to do, and touches nothing."""

import pandas as pd
import pytest

from lib.study import Job, Study
from lib.study.costs import CPU, Costs
from lib.study.plan import duration, longest_chain, main, places, plan, text, what

from .made_up_jobs import pretend

NAMES = ["vgg_svhn", "vgg_svhn_untrained", "vgg_svhn_random_masks", "vgg_svhn_brief"]


@pytest.fixture
def study(tmp_path):
    return Study("laptop", tmp_path / "study", NAMES)


def test_every_job_is_counted_once_under_its_kind(study):
    jobs, found = list(study.jobs()), plan(study, CPU)
    assert found.jobs == len(jobs)
    assert found.done == 0
    kinds = {(job.experiment, what(job)) for job in jobs}
    assert set(zip(found.table.experiment, found.table.what, strict=True)) == kinds
    assert kinds == {
        ("vgg_svhn", "complete networks"),
        ("vgg_svhn", "runs"),
        ("vgg_svhn", "robustness"),
        ("vgg_svhn_untrained", "controls"),
        ("vgg_svhn_random_masks", "controls"),
        ("vgg_svhn_brief", "runs"),
    }
    costs = Costs(study, CPU)
    assert found.seconds == pytest.approx(sum(costs.estimate(job).seconds for job in jobs))


def test_what_is_done_is_left_out_and_said(study):
    before = plan(study, CPU)
    pretend(study, Job("vgg_svhn", 0))
    pretend(study, Job("vgg_svhn", 0, 0))
    after = plan(study, CPU)
    assert (after.jobs, after.done) == (before.jobs - 2, 2)
    assert "2 are done and left out" in text(after)
    costs = Costs(study, CPU)
    gone = sum(costs.estimate(Job("vgg_svhn", 0, *seed)).seconds for seed in ((), (0,)))
    assert before.seconds - after.seconds == pytest.approx(gone)
    for job in study.jobs():
        pretend(study, job)
    assert "there is nothing to do" in text(plan(study, CPU))


def test_the_longest_chain_goes_from_a_complete_network_to_what_needs_its_run(study):
    seconds = dict.fromkeys(study.jobs(), 1.0)
    assert longest_chain(study, seconds) == 3
    seconds[Job("vgg_svhn", 0, 2)] = 100.0
    assert longest_chain(study, seconds) == 102  # network, run, its random masks
    del seconds[Job("vgg_svhn", 0)]
    assert longest_chain(study, seconds) == 101


def test_people_read_hours_and_megabytes(study):
    found = plan(study, CPU)
    said = text(found)
    last = next(line for line in said.splitlines() if line.startswith("all "))
    assert f" {found.seconds / 3600:,.1f} h " in last
    assert f"{found.table.disk.sum() / 1e6:,.0f}" in last.split()
    assert "estimates for one core" in said
    assert "of the GPU" not in said
    assert "estimates for one NVIDIA H200" in text(plan(study, "NVIDIA H200"))
    assert len({line.index("runs") for line in said.splitlines() if " runs " in line}) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (99, "99 s"), (101, "2 min"), (5000, "83 min"), (6000, "1.7 h"), (4e6, "1,111 h")],
)
def test_a_time_is_said_in_units_of_its_size(seconds, said):
    assert duration(seconds) == said


def test_as_many_jobs_share_a_gpu_as_find_room(study):
    found = plan(study, "NVIDIA H200")
    largest = found.table.gpu_memory.max() / 1024
    assert places(found, 0.9 * largest) == 0
    assert places(found, 1.1 * largest) == 1  # alone, nothing need be spared for others
    assert places(found, 2.9 * largest) == 1
    assert places(found, 3.1 * largest) == 2
    assert f"{places(found, 80)} with 80 GiB" in text(found)


def test_the_places_of_this_machine_are_those_of_its_gpu(study, monkeypatch, capsys):
    asked = ["laptop", str(study.folder), "--experiments", "vgg_svhn", "--places"]
    monkeypatch.setattr("lib.study.plan.gpu_memory", lambda: None)
    assert main(asked) == 1
    assert "there is no GPU on this machine" in capsys.readouterr().err
    monkeypatch.setattr("lib.study.costs.this_device", lambda: "NVIDIA H200")
    largest = plan(Study("laptop", study.folder, ["vgg_svhn"])).table.gpu_memory.max() / 1024
    for memory, fit in ((0.5 * largest, 1), (3.1 * largest, 2)):
        monkeypatch.setattr("lib.study.plan.gpu_memory", lambda memory=memory: memory)
        assert main(asked) == 0
        assert capsys.readouterr().out == f"{fit}\n"


def test_nothing_is_written(study):
    text(plan(study, CPU))
    assert not study.folder.exists()


def test_the_command(tmp_path, capsys):
    folder = str(tmp_path / "none")
    assert main(["laptop", folder, "--experiments", "vgg_svhn", "--on", CPU]) == 0
    assert "complete networks" in capsys.readouterr().out
    assert main(["laptop", folder, "--experiments", "vgg_svnh"]) == 1
    assert "Did you mean 'vgg_svhn'?" in capsys.readouterr().err


def test_kinds_of_jobs():
    named = pd.Series(
        {
            Job("resnet32", 0): "complete networks",
            Job("resnet32", 0, 0): "runs",
            Job("resnet32_one_shot", 0, 0): "runs",
            Job("resnet32_trained_on", 0, 0): "controls",
            Job("resnet32", 0, 0, "landscape"): "landscape",
        }
    )
    assert [what(job) for job in named.index] == named.tolist()
