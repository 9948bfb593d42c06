"""Whatever happens to a job or its files, it goes on from a good checkpoint or says why not."""

import logging
import os
import re

import pytest
import torch

import lib.study.task as module
from lib.integrity import DamagedError
from lib.study.provenance import committed
from lib.study.task import (
    BELONGS_TO,
    Task,
    read_tensors,
    save_tensors,
)

from ..damage import flipped, write_anew

ABOUT = {
    "dataset_sha256": "00",
    "needs": {},
    "versions": {"python": "3.11", "torch": "2.15.0"},
    "device": "x86_64 CPU, 1 threads",
    "revision": "abcdef",
}


@pytest.fixture
def process(study):
    """Start another process at the same job, with changed facts."""

    def start(**changes):
        return Task(study.job("vgg_svhn t0"), None, ABOUT | changes)

    return start


@pytest.fixture
def saved(process):
    """The job of a process that saved 1, 2 and 3."""
    job = process()
    for n in (1, 2, 3):
        save(job, n)
    return job


def save(job, n):
    job.save(n=n, weights=torch.full((1000,), float(n)))


def number(job):
    """The checkpoint from which a process goes on; all of its parts must agree."""
    assert (job.saved["weights"] == job.saved["n"]).all()
    return job.saved["n"]


def files(job):
    """{name: bytes} of all that is in the folder."""
    return {path.name: path.read_bytes() for path in job.folder.iterdir()}


def test_checkpoints_take_a_small_part_of_the_time(process, monkeypatch):
    """A clock that only writing moves: what takes 2 s is due again after 40 s, not before."""
    clock = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    replace = os.replace

    def slow(*paths):
        clock[0] += 2
        replace(*paths)

    monkeypatch.setattr(os, "replace", slow)
    job = process()
    assert job.checkpoint_due
    save(job, 1)
    assert not job.checkpoint_due
    clock[0] += 39.9
    assert not job.checkpoint_due
    clock[0] += 0.2
    assert job.checkpoint_due


def test_a_job_with_a_damaged_checkpoint_begins_anew_and_says_so(saved, process, caplog):
    saved.checkpoint.write_bytes(b"\0" * saved.checkpoint.stat().st_size)  # as after a power cut
    with caplog.at_level(logging.WARNING, "lib.study"):
        again = process()
    assert again.saved == {}
    (record,) = caplog.records
    message = rf"warning: {saved.checkpoint} is damaged \(.*\)\. The job begins anew"
    assert re.fullmatch(message, record.getMessage())
    save(again, 4)
    assert number(process()) == 4


def test_no_flipped_bit_gets_through(tmp_path):
    """Either it is noticed, or it is where the archive is padded and nothing is read."""
    path = save_tensors(tmp_path / "a.pt", {"n": 1, "weights": torch.arange(50.0)})
    whole, noticed = path.read_bytes(), 0
    for place in range(len(whole)):
        write_anew(path, flipped(whole, 8 * place + place % 8))
        try:
            content = read_tensors(path)
        except DamagedError:
            noticed += 1
        else:
            assert content["n"] == 1
            assert content["weights"].equal(torch.arange(50.0))
    assert noticed > len(whole) / 3


def test_no_code_from_a_file_is_executed(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made by the file"),)

    path = save_tensors(tmp_path / "a.pt", {"weights": Evil()})  # with a matching checksum
    with pytest.raises(DamagedError, match=r"is damaged \(UnpicklingError"):
        read_tensors(path)
    assert not (tmp_path / "made by the file").exists()


@pytest.mark.parametrize("fact", BELONGS_TO)
def test_a_checkpoint_of_something_else_is_refused_and_left_alone(saved, process, fact):
    before, other = files(saved), "another"
    message = f"with {fact} {ABOUT[fact]}, and this is {other}: move the file away"
    with pytest.raises(ValueError, match=message):
        process(**{fact: other})
    assert files(saved) == before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"device": "a GPU"}, "device x86_64 CPU, 1 threads, and this is a GPU"),
        ({"revision": "fedcba"}, "revision abcdef, and this is fedcba"),
        (
            {"versions": {"torch": "3"}},
            f"versions {ABOUT['versions']}, and this is {{'torch': '3'}}",
        ),
    ],
)
def test_another_version_device_or_code_is_a_warning(saved, process, caplog, changed, message):
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert number(process(**changed)) == 3
    [record] = caplog.records
    assert f"with {message}: the result may differ" in record.getMessage()


def test_a_job_names_every_revision_that_worked_on_it(process):
    edited, clean = "0" * 40 + "-dirty", "0" * 40
    for n, revision in enumerate((edited, clean)):
        save(process(revision=revision), n)
    about = process(revision=clean).about
    assert about["revisions"] == [edited, clean]
    assert not committed(about)


def test_the_same_tensors_give_the_same_bytes(tmp_path):
    first, second = (save_tensors(tmp_path / name, {"w": torch.ones(3)}) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("content", [{}, {"a": 1}, {"content": {"rows": {}}}])
def test_a_job_begins_anew_beside_a_checkpoint_of_another_form(tmp_path, content):
    module.save_tensors(tmp_path / "checkpoint.pt", content)
    assert module.read_checkpoint(tmp_path) == {}
