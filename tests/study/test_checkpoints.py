"""Whatever happens to a job or its files, it goes on from a good checkpoint or says why not."""

import logging
import os
import re
from functools import partial

import pytest
import torch

import lib.study.checkpoints
from lib.study.checkpoints import BELONGS_TO, Checkpoint
from lib.study.storage import save_tensors

ABOUT = {
    **dict.fromkeys(BELONGS_TO),
    "needs": {},
    "versions": {"python": "3.11", "torch": "2.15.0"},
    "device": "x86_64 CPU, 1 threads",
    "revision": "abcdef",
}


def content(n):
    return {
        "about": ABOUT,
        "n": n,
        "weights": torch.full((1000,), float(n)),
        "rows": [{"layer": "out"}],
    }


def number(loaded):
    """Which checkpoint it is; all of its parts must agree."""
    assert (loaded["weights"] == loaded["n"]).all()
    return loaded["n"]


@pytest.fixture
def fresh(tmp_path):
    """Another process at the same job, each time it is called."""
    return partial(Checkpoint, tmp_path / "job")


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
    assert fresh().load() == {}
    saved.save(content(1))
    assert number(fresh().load()) == 1


def flipped(raw, place, bit=0):
    return raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]


def test_a_job_with_a_damaged_checkpoint_begins_anew_and_says_so(saved, fresh, caplog):
    saved.path.write_bytes(b"\0" * saved.path.stat().st_size)  # as after a power cut
    again = fresh()
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert again.load() == {}  # whoever only looks at it is told nothing
        assert again.load(ABOUT) == {}
    (record,) = caplog.records
    said = rf"warning: {saved.path} is damaged \(.*\): the job begins anew"
    assert re.fullmatch(said, record.getMessage())
    again.save(content(4))
    assert number(fresh().load()) == 4


def test_no_flipped_bit_gets_through(fresh):
    """Either it is noticed, or it is where the archive is padded and nothing is read."""
    checkpoint = fresh()
    content = {"about": {}, "n": 1, "weights": torch.arange(50.0)}
    checkpoint.save(content)
    whole, noticed = checkpoint.path.read_bytes(), 0
    for place in range(len(whole)):
        checkpoint.path.unlink()  # some file systems flush what is written over an old file
        checkpoint.path.write_bytes(flipped(whole, place, place % 8))
        loaded = fresh().load()
        if loaded:
            assert loaded["n"] == 1
            assert loaded["weights"].equal(content["weights"])
        else:
            noticed += 1
    assert noticed > len(whole) / 3


def test_no_code_from_a_file_is_executed(fresh, tmp_path, caplog):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made by the file"),)

    fresh().save({"weights": Evil()})  # with a matching checksum
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert fresh().load(ABOUT) == {}
    assert "is damaged (UnpicklingError" in caplog.text
    assert not (tmp_path / "made by the file").exists()


@pytest.mark.parametrize("fact", BELONGS_TO)
def test_a_checkpoint_of_something_else_is_refused_and_left_alone(saved, fresh, fact):
    before, other = files(saved), "another"
    said = f"with {fact} {ABOUT[fact]}, and this is {fact} {other}.*move the file away"
    with pytest.raises(ValueError, match=said):
        fresh().load(ABOUT | {fact: other})
    assert files(saved) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"device": "a GPU"}, "device x86_64 CPU, 1 threads, and this is device a GPU"),
        ({"revision": "fedcba"}, "revision abcdef, and this is revision fedcba"),
        ({"versions": {"torch": "3"}}, "torch 2.15.0, and this is torch 3"),
    ],
)
def test_another_version_device_or_code_is_a_warning(saved, fresh, caplog, changed, said):
    with caplog.at_level(logging.WARNING, "lib.study"):
        assert number(fresh().load(ABOUT | changed)) == 3
    [record] = caplog.records
    assert f"with {said}: the result may differ" in record.getMessage()


def test_the_same_tensors_give_the_same_bytes(tmp_path):
    first, second = (save_tensors(tmp_path / name, {"w": torch.ones(3)}) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_an_end_in_the_middle_of_saving_leaves_the_earlier_one(saved, fresh, monkeypatch):
    def ended(*paths):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", ended)
        with pytest.raises(KeyboardInterrupt):
            fresh().save(content(4))
    assert number(fresh().load()) == 3
    assert set(files(saved)) == {"checkpoint.pt"}
