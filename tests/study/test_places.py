"""Several jobs on a machine with several devices: none is used by more jobs than it has places.

No GPU is needed: a place is a lock on a file, whatever its device is.
"""

import multiprocessing
import time

import pytest
import torch

from lib.study import Job, run_job
from lib.study.jobs import place
from lib.study.setting import Setting, choose_device

SOON = 1200  # seconds within which it must have happened


def hold(folder, devices, held, release):
    """A process at a place, until it is told to end."""
    with place(devices, folder) as name:
        held.put(name)
        release.wait()


@pytest.fixture
def worker(tmp_path):
    """Starts processes at places of one folder; gives (process, its queue, its event)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["lib.study.jobs"])
    started = []

    def start(devices):
        held, release = context.Queue(), context.Event()
        process = context.Process(target=hold, args=(tmp_path, devices, held, release))
        process.start()
        started.append((process, held, release))  # without a reference they would be destroyed
        return started[-1]

    yield start
    for process, _, _ in started:
        process.kill()
        process.join()


def test_no_place_is_used_twice_at_once(tmp_path):
    devices = "cuda:0 cuda:1 cuda:0"
    with place(devices, tmp_path) as a, place(devices, tmp_path) as b:
        with place(devices, tmp_path) as c:
            assert [a, b, c] == ["cuda:0", "cuda:1", "cuda:0"]
        with place(devices, tmp_path) as again:  # what was given back
            assert again == c
    assert len(list(tmp_path.rglob("*.lock"))) == 3


def test_devices_fill_evenly_and_lists_of_one_folder_agree(tmp_path):
    with (
        place("cuda:0 cuda:1 cuda:0 cuda:1", tmp_path) as first,
        place("cuda:1 cuda:0", tmp_path) as second,  # its cuda:0 is that of the other list
        place("cuda:0 cuda:1 cuda:0 cuda:1", tmp_path) as third,
    ):
        assert [first, second, third] == ["cuda:0", "cuda:1", "cuda:0"]


def test_more_jobs_than_places_wait_until_one_is_free_however_its_process_ends(worker):
    first, held, _ = worker("cpu cuda:7")
    _, second, release = worker("cpu cuda:7")
    assert {held.get(timeout=SOON), second.get(timeout=SOON)} == {"cpu", "cuda:7"}
    third, fourth = (worker("cpu cuda:7")[1] for _ in range(2))
    time.sleep(1)  # longer than it takes to look again
    assert third.empty()
    assert fourth.empty()
    first.kill()
    release.set()
    assert {third.get(timeout=SOON), fourth.get(timeout=SOON)} == {"cpu", "cuda:7"}


def test_one_device_is_taken_as_it_is(tmp_path):
    with place("auto", tmp_path) as one, place("auto", tmp_path) as other:
        assert one == other == "auto"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("devices", "message"), [("", "no device in ''"), ("auto cpu", "name")])
def test_no_device_and_auto_among_several_are_refused(tmp_path, devices, message):
    with pytest.raises(ValueError, match=message), place(devices, tmp_path):
        pass


def test_a_job_works_on_the_device_of_its_place(study, monkeypatch):
    seen = []
    monkeypatch.setattr(Setting, "load", lambda *given: seen.append(given[-1]) or given.no_data)
    for _ in range(2):  # an error gives the place back
        with place("cuda:0 cuda:1", study.folder), pytest.raises(AttributeError, match="no_data"):
            run_job(study, Job("vgg_svhn", 0), device="cuda:0 cuda:1")
    assert seen == ["cuda:1", "cuda:1"]


def test_a_gpu_by_number_becomes_the_current_one(monkeypatch):
    current = []
    monkeypatch.setattr(torch, "empty", lambda *_, **__: None)
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    for name in ("cpu", "cuda", "cuda:1"):
        choose_device(name)
    assert current == [torch.device("cuda:1")]
