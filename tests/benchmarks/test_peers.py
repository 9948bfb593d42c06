"""The peers that are installed agree, and the command says when one does not."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.peers import GOOD_CONDITION, METRICS, PEERS, TOLERANCE, Peer, main

# `lib` itself depends on them.
ALWAYS_THERE = ("scikit-learn", "scipy")


@pytest.fixture
def only(monkeypatch):
    def choose(*chosen):
        monkeypatch.setattr(peers, "PEERS", list(chosen))

    return choose


def fake(answer, name="numpy", note=""):
    return Peer(name, "cka", "numpy", answer, note)


def other(m, x, y):
    return METRICS["cka"](x, y) + 2 * TOLERANCE


def test_the_dependencies_of_lib_agree(only, monkeypatch):
    only(*(peer for peer in PEERS if peer.name in ALWAYS_THERE))
    data = {name: pair for name, pair in peers.made_up().items() if name in GOOD_CONDITION}
    monkeypatch.setattr(peers, "made_up", lambda: data)
    found = peers.table(Path("nowhere"))
    assert set(found["peer"]) == set(ALWAYS_THERE)
    assert set(found["error"]) == {""}
    assert found["difference"].max() < TOLERANCE


@pytest.mark.parametrize("metric", METRICS)
def test_each_metric_has_a_peer_of_its_definition(metric):
    assert any(peer.metric == metric and not peer.note for peer in PEERS)


def test_another_number_fails_where_the_definition_is_the_same(only, capsys):
    only(fake(other))
    assert main([]) == 1
    assert "numpy: cka of wide data differs by 2e-06" in capsys.readouterr().out
    only(fake(other, note="adds a little"))
    assert main([]) == 0


def test_r_gets_the_data_as_they_are_and_its_answer_is_read(tmp_path, monkeypatch):
    source = tmp_path / "R" / "coeffRV.R"
    source.parent.mkdir()
    source.touch()
    monkeypatch.syspath_prepend(tmp_path)
    x, y = peers.made_up()["tall"]

    def run(command, **_options):
        *_options, given, first, second, part = command
        assert (given, part) == (str(source), "rv")
        np.testing.assert_array_equal(np.loadtxt(first), x)
        np.testing.assert_array_equal(np.loadtxt(second), y)
        return SimpleNamespace(stdout="0.25")

    assert peers.coeff_rv("rv", SimpleNamespace(run=run), x, y) == 0.25
