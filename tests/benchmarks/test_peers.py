"""The peers that are installed agree, and the command says when one does not."""

import sys
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.peers import GOOD_CONDITION, OURS, PEERS, TOLERANCE, Peer, main

# `lib` itself depends on them.
ALWAYS_THERE = ("scikit-learn", "scipy", "torchmetrics")


@pytest.fixture
def only(monkeypatch):
    def choose(*chosen):
        monkeypatch.setattr(peers, "PEERS", list(chosen))

    return choose


def fake(answer, name="numpy", note=""):
    return Peer(name, "cka", "numpy", answer, note)


def other(m, x, y):
    return OURS["cka"](x, y) + 2 * TOLERANCE


def test_the_dependencies_of_lib_agree(only, monkeypatch):
    only(*(peer for peer in PEERS if peer.name in ALWAYS_THERE))
    data = {name: pair for name, pair in peers.made_up().items() if name in GOOD_CONDITION}
    monkeypatch.setattr(peers, "made_up", lambda: data)
    found = peers.table(Path("nowhere"))
    assert set(found["peer"]) == set(ALWAYS_THERE)
    assert set(found["error"]) == {""}
    assert found["difference"].max() < TOLERANCE


@pytest.mark.parametrize("metric", OURS)
def test_each_metric_has_a_peer_of_its_definition(metric):
    assert any(peer.metric == metric and not peer.note for peer in PEERS)


def test_another_number_fails_where_the_definition_is_the_same(only, capsys):
    only(fake(other))
    assert main([]) == 1
    assert "numpy: cka of wide data differs by 2e-06" in capsys.readouterr().out
    only(fake(other, note="adds a little"))
    assert main([]) == 0


def test_a_peer_may_change_its_input_and_nothing_else(only):
    def careless(m, x, y):
        value = OURS["cka"](x, y)
        x *= m.inf
        return value

    only(fake(careless), fake(careless), Peer("owner/absent", "cka", "absent", other))
    path = list(sys.path)
    assert main([]) == 0
    assert sys.path == path
