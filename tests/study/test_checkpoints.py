"""Whatever happens to a job or its files, it goes on from a good checkpoint or says why not."""

import logging
import os
import re
import signal
from functools import partial

import pytest
import torch

import lib.study.checkpoints
from lib.study.checkpoints import Checkpoint
from lib.study.job import Job
from lib.study.storage import save_tensors

IDENTITY = {
    "job": "vgg_svhn, train seed 0",
    "fingerprint": "0123456789",
    "torch": "2.15.0",
    "device": "x86_64 CPU, 1 threads",
    "code": "abcdef",
}
COMPLETE, RUN = Job("vgg_svhn", 0), Job("vgg_svhn", 0, 0)

forking = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def content(n, size=1000):
    return {"n": n, "weights": torch.full((size,), float(n)), "rows": [{"layer": "out"}]}


def number(loaded):
    """Which checkpoint it is; all of its parts must agree."""
    assert (loaded["weights"] == loaded["n"]).all()
    return loaded["n"]


@pytest.fixture
def fresh(tmp_path):
    """Another process at the same job, each time it is called."""
    return partial(Checkpoint, tmp_path / "job", IDENTITY)


def test_checkpoints_take_a_small_part_of_the_time(fresh, monkeypatch):
    """A clock that only writing moves: what takes 2 s is due again after 40 s, not before."""
    clock = [1000.0]
    monkeypatch.setattr(lib.study.checkpoints.time, "monotonic", lambda: clock[0])
    replace = os.replace

    def slow(*paths):
        clock[0] += 2
        replace(*paths)

    monkeypatch.setattr(os, "replace", slow)
    checkpoint = fresh()
    assert checkpoint.due
    checkpoint.save(content(1))
    assert not checkpoint.due
    clock[0] += 39.9
    assert not checkpoint.due
    clock[0] += 0.2
    assert checkpoint.due


@pytest.fixture
def saved(fresh):
    """The checkpoint of a process that saved 1, 2 and 3."""
    checkpoint = fresh()
    for n in (1, 2, 3):
        checkpoint.save(content(n))
    return checkpoint


def files(checkpoint):
    """{name: bytes} of all that is in the folder."""
    return {path.name: path.read_bytes() for path in checkpoint.path.parent.iterdir()}


def test_the_newest_comes_back_until_it_is_cleared(saved, fresh):
    loaded = fresh().load()
    assert number(loaded) == 3
    assert loaded["rows"] == [{"layer": "out"}]
    assert set(files(saved)) == {"checkpoint.pt"}
    saved.clear()
    assert files(saved) == {}
    assert fresh().load() is None
    saved.save(content(1))
    assert number(fresh().load()) == 1


def flipped(raw, place, bit=0):
    return raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: flipped(raw, len(raw) // 2),
        lambda raw: b"\0" * len(raw),  # as after a power cut
    ],
)
def test_a_job_with_a_damaged_checkpoint_begins_anew_and_says_so(saved, fresh, caplog, damage):
    saved.path.write_bytes(damage(saved.path.read_bytes()))
    again = fresh()
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert again.load() is None
    (record,) = caplog.records
    said = rf"warning: {saved.path} is damaged \(.*\): the job begins anew"
    assert re.fullmatch(said, record.getMessage())
    again.save(content(4))
    assert number(fresh().load()) == 4


def test_no_flipped_bit_gets_through(fresh):
    """Either it is noticed, or it is where the archive is padded and nothing is read."""
    checkpoint = fresh()
    content = {"n": 1, "weights": torch.arange(50.0)}
    checkpoint.save(content)
    whole, noticed = checkpoint.path.read_bytes(), 0
    for place in range(len(whole)):
        checkpoint.path.unlink()  # some file systems flush what is written over an old file
        checkpoint.path.write_bytes(flipped(whole, place, place % 8))
        loaded = fresh().load()
        if loaded is None:
            noticed += 1
        else:
            assert loaded["n"] == 1
            assert loaded["weights"].equal(content["weights"])
    assert noticed > len(whole) / 3


def test_no_code_from_a_file_is_executed(fresh, tmp_path, caplog):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made by the file"),)

    fresh().save({"weights": Evil()})  # with a matching checksum
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert fresh().load() is None
    assert "is damaged (UnpicklingError" in caplog.text
    assert not (tmp_path / "made by the file").exists()


@pytest.mark.parametrize("part", [{"job": "another"}, {"fingerprint": "9876"}, {"data": "new"}])
def test_a_checkpoint_of_something_else_is_refused_and_left_alone(saved, part):
    """So is one whose identity has an entry more or less."""
    before = files(saved)
    ((name, value),) = part.items()
    difference = f"with {name} {IDENTITY.get(name)}, and this is {name} {value}.*move the file away"
    with pytest.raises(ValueError, match=difference):
        Checkpoint(saved.path.parent, IDENTITY | part).load()
    fewer = {key: value for key, value in IDENTITY.items() if key != "job"}
    with pytest.raises(ValueError, match="belongs to something else"):
        Checkpoint(saved.path.parent, fewer).load()
    assert files(saved) == before


@pytest.mark.parametrize("name", ["torch", "device", "code"])
def test_another_version_device_or_code_is_a_warning(saved, caplog, name):
    other = Checkpoint(saved.path.parent, IDENTITY | {name: "another"})
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert number(other.load()) == 3
    (record,) = caplog.records
    assert (
        f"written with {name} {IDENTITY[name]}, and this is {name} another" in record.getMessage()
    )
    assert "may differ" in record.getMessage()
    other.save(content(4))
    caplog.clear()
    assert number(Checkpoint(saved.path.parent, IDENTITY | {name: "another"}).load()) == 4
    assert not caplog.records


def child(work):
    """Do the work in a process of its own; returns its id."""
    process = os.fork()
    if process:
        return process
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


def killed_at(step, work):
    """Do the work in a process that is killed at this step; returns whether it got there."""
    steps = iter(range(100))

    def maybe_die():
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepwise(real):
        def call(*args, **kwargs):
            maybe_die()
            return real(*args, **kwargs)

        return call

    def watched():
        for name in ("fsync", "replace", "unlink"):
            setattr(os, name, stepwise(getattr(os, name)))
        work()
        maybe_die()

    _, status = os.waitpid(child(watched), 0)
    assert status in (0, signal.SIGKILL)
    return status == signal.SIGKILL


@forking
def test_killed_at_any_step_of_saving(saved, fresh):
    before = saved.path.read_bytes()
    for step in range(100):
        saved.path.write_bytes(before)
        if not killed_at(step, lambda: fresh().save(content(4))):
            break
        assert number(fresh().load()) in (3, 4)
    assert step >= 4  # before two flushes and a renaming at least, and at the end
    assert number(fresh().load()) == 4
    assert set(files(saved)) == {"checkpoint.pt"}


def test_the_same_tensors_give_the_same_bytes(tmp_path):
    first, second = (save_tensors(tmp_path / name, {"w": torch.ones(3)}) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
