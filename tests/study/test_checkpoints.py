"""Whatever happens to a job or its files, it goes on from a good checkpoint or says why not."""

import logging
import os
import re

import pytest
import torch

from lib.integrity import DamagedError
from lib.study.job import Job
from lib.study.provenance import committed
from lib.study.running_job import CHECKPOINT, RunningJob, read_tensors, save_tensors

from ..damage import flipped, follow, write_anew

ABOUT = {
    "dataset_sha256": "0" * 64,
    "versions": {"python": "3.11", "torch": "2.15.0"},
    "device": "x86_64 CPU, 1 threads",
    "precision": "float32",
    "revision": "abcdef",
}


@pytest.fixture
def process(study):
    """Start another process at the same job, with changed facts."""

    def start(**changes):
        return RunningJob(study, Job("vgg_svhn", 0), None, ABOUT | changes)

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


def test_a_process_goes_on_from_the_newest(saved, process, caplog):
    assert number(process()) == 3
    assert set(files(saved)) == {CHECKPOINT}
    assert not caplog.records


def test_a_job_with_a_damaged_checkpoint_names_it_and_begins_anew_without(saved, process):
    path = saved.folder / CHECKPOINT
    path.write_bytes(b"\0" * path.stat().st_size)  # as after a power cut
    with pytest.raises(DamagedError, match=rf"^{re.escape(str(path))} is damaged \(.*\)") as error:
        process()
    assert follow(str(error.value)) == path
    assert process().saved == {}


def test_no_flipped_bit_in_a_tensor_and_no_lost_end_gets_through(tmp_path):
    weights = torch.arange(50.0)
    path = save_tensors(tmp_path / "a.pt", {"n": 1, "weights": weights})
    whole = path.read_bytes()
    start = whole.index(weights.numpy().tobytes())
    harmed = [flipped(whole, 8 * place + place % 8) for place in range(start, start + 200)]
    for content in (*harmed, whole[:-1], whole[: start + 100]):
        write_anew(path, content)
        with pytest.raises(DamagedError):
            read_tensors(path)


def test_no_code_from_a_file_is_executed(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made by the file"),)

    path = save_tensors(tmp_path / "a.pt", {"weights": Evil()})  # with a matching checksum
    with pytest.raises(DamagedError, match=r"is damaged \(UnpicklingError"):
        read_tensors(path)
    assert not (tmp_path / "made by the file").exists()


def test_a_job_that_was_begun_with_other_data_is_refused_and_left_alone(saved, process):
    before = files(saved)
    with pytest.raises(ValueError, match=r"other data: SHA-256 0{12}\.\.\., and this is 1{12}\."):
        process(dataset_sha256="1" * 64)
    assert files(saved) == before


@pytest.mark.parametrize(
    ("fact", "value"),
    [("device", "a GPU"), ("revision", "fedcba"), ("versions", {"torch": "3"})],
)
def test_another_version_device_or_code_is_a_warning(saved, process, caplog, fact, value):
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert number(process(**{fact: value})) == 3
    [record] = caplog.records
    assert f"begun with another {fact}: " in record.getMessage()


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


def test_an_end_in_the_middle_of_saving_leaves_the_earlier_one(saved, process, monkeypatch):
    def ended(*paths):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", ended)
        with pytest.raises(KeyboardInterrupt):
            save(process(), 4)
    again = process()
    assert number(again) == 3
    save(again, 4)
    assert set(files(saved)) == {CHECKPOINT}
