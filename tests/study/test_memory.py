"""How much memory a process took, also where the system does not say all that Linux says."""

import pytest

from lib.study import memory


@pytest.mark.parametrize("status", [None, "Name:\tpython\nVmRSS:\t2048 kB\n"])
def test_without_the_word_of_linux_the_peak_is_that_of_the_resource_module(
    tmp_path, monkeypatch, status
):
    known = memory.peak()
    if status is not None:
        (tmp_path / "status").write_text(status)
    monkeypatch.setattr(memory, "STATUS", tmp_path / "status")
    assert memory.peak() == pytest.approx(known, rel=0.5)


def test_the_peak_is_what_linux_says_in_mebibytes(tmp_path, monkeypatch):
    (tmp_path / "status").write_text("Name:\tpython\nVmHWM:\t    3072 kB\nVmRSS:\t2048 kB\n")
    monkeypatch.setattr(memory, "STATUS", tmp_path / "status")
    assert memory.peak() == 3
