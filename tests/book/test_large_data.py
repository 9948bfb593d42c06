"""The page on large data: its blocks run as they are, and its script is of what they made."""

import ast

import pandas as pd
import pytest
import torch

from lib.data import STREAMED
from lib.pruning import prunable_weights

from ..pictures import write_pictures
from .test_runner_pages import blocks, execute

PAGE = "large_data"


def test_the_blocks_compare_two_networks_on_a_folder(tmp_path, monkeypatch, capsys):
    write_pictures(tmp_path / "images", 6, 5, classes=("cats", "dogs"), side=70)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(STREAMED, "images", None)  # what the page adds is removed after the test
    with torch.random.fork_rng(devices=[]):
        found = execute(PAGE)
    table, data = found["table"], found["data"]
    assert data.classes == ("cats", "dogs")
    assert len(table) == 27 * 2 * 4
    defined = table["value"].dropna()
    assert defined.between(0, 1).all()
    assert table[table["metric"] == "cka"]["value"].notna().all()
    assert found["mask"].remaining == pytest.approx(0.8, abs=1e-6)
    for name, weight in prunable_weights(found["pruned"]).items():
        assert not weight[~found["mask"].kept[name]].any()
    output = capsys.readouterr().out
    assert data.sha256() in output
    rows = pd.read_parquet(found["folder"] / "similarity.parquet")
    # iterations; layers, metrics, reshapes, and the cosine of the outputs
    assert len(rows) == 2 * (27 * 2 * 2 + 1)
    assert "iteration  metric" in output


def test_the_script_for_several_processes_is_python_and_names_what_the_blocks_made():
    (script,) = blocks(PAGE, "py")
    names = {node.id for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Name)}
    earlier = "".join(blocks(PAGE, "python"))
    for name in ("complete", "pruned", "data"):
        assert name in names
        assert name in earlier
