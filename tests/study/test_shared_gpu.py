"""The service that lets processes share a GPU: started and ended by the engine, or left alone."""

import os
import stat

import pytest

from lib.study import shared_gpu as module
from lib.study.shared_gpu import CONTROL, PIPES, jobs_that_fit, shared_gpu


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Install programs that record how they are called."""
    monkeypatch.delenv(PIPES, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    calls = tmp_path / "calls"
    calls.touch()

    def install(name, script):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    control = f'echo "$@ $(if [ $# = 0 ]; then cat; fi) ${PIPES}" >> {calls}'
    return install, control, lambda: [line.split() for line in calls.read_text().splitlines()]


def test_processes_within_find_the_service_and_it_ends_with_them(machine, monkeypatch):
    install, control, calls = machine
    install(CONTROL, control)
    monkeypatch.setattr(module, "TRY", "")
    with shared_gpu() as working:
        assert working
        pipes = os.environ[PIPES]
        assert calls() == [["-d", pipes]]
        with shared_gpu() as same:  # nothing is started, or ended, twice
            assert same
    assert calls() == [["-d", pipes], ["quit", pipes]]
    assert PIPES not in os.environ
    assert not os.path.exists(pipes)


@pytest.mark.parametrize(("memory", "jobs"), [("143771", 6), ("24576\n24576", 3), ("4096", 1)])
def test_as_many_jobs_share_a_gpu_as_its_memory_holds(machine, memory, jobs):
    install, _, _ = machine
    install("nvidia-smi", f"printf '{memory}\\n'")
    assert jobs_that_fit() == jobs
