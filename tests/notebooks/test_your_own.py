"""The example of your own network, on your own images."""

import re
from functools import partial

import jupytext
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import torch

from lib.pruning import iterative_magnitude_pruning
from lib.repository import ROOT
from notebooks.your_own import networks
from notebooks.your_own.networks import Data, accuracy, fit, load, trained


def test_a_file_of_images_is_trained_on_and_pruned_level_by_level(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(160) % 2
    pixels = (rng.integers(0, 99, (160, 12, 9, 1)) + 120 * labels[:, None, None, None]).astype("u1")
    arrays = {"x_train": pixels[:120], "x_test": pixels[120:]}
    arrays |= {"y_train": labels[:120], "y_test": labels[120:]}
    np.savez(tmp_path / "mine.npz", **arrays)
    data = load(tmp_path / "mine.npz")
    assert data.x_test.shape == (40, 1, 12, 9)
    assert data.x_train.mean().item() == pytest.approx(0, abs=1e-12)
    network = trained(data)
    assert accuracy(network, data) == 1
    train = partial(fit, data=data)
    for level, pruned, mask in iterative_magnitude_pruning(
        network, train, (0.5, 0.2), keep=["out"]
    ):
        weights = torch.cat([w.flatten() for w in mask.weights(pruned).values()])
        assert (weights != 0).double().mean().item() == pytest.approx(level, abs=1e-3)
        assert accuracy(pruned, data) == 1


@pytest.fixture
def printed(monkeypatch, tmp_path):
    """Runs the lines under "Stop and resume" in a folder, on few digits, and returns its names."""
    cells = jupytext.read(ROOT / "notebooks/your_own/page.py").cells
    blocks = re.findall(r"```python\n(.*?)```", "\n".join(c.source for c in cells), re.S)
    [lines] = [block for block in blocks if ".exists()" in block]
    few = Data(*(part[:64] for part in load()))
    monkeypatch.setattr(networks, "load", lambda: few)

    def run(folder):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / folder)
        names = {}
        with mpl.rc_context({"backend": "agg"}):
            exec(lines, names)
        return names

    return run


def test_the_printed_loop_resumes_after_an_interruption_bit_for_bit(printed, monkeypatch, tmp_path):
    trainings = []

    def stopped(network, mask, data):
        trainings.append(mask.remaining)
        fit(network, mask, data, epochs=1 if mask.remaining == 0.25 else 3)
        if mask.remaining == 0.25:
            raise KeyboardInterrupt

    whole = printed("whole")["table"]
    with monkeypatch.context() as patched:
        patched.setattr(networks, "fit", stopped)
        with pytest.raises(KeyboardInterrupt):
            printed("stopped")
    assert trainings == [1, 1, 1, 0.5, 0.25]
    assert [file.name for file in (tmp_path / "stopped").iterdir()] == ["level_0.5.pt"]
    pd.testing.assert_frame_equal(printed("stopped")["table"], whole, check_exact=True)
    for file in (tmp_path / "whole").iterdir():
        other = tmp_path / "stopped" / file.name
        if file.suffix == ".pt":
            one, other = (torch.load(f, weights_only=True) for f in (file, other))
            assert all(torch.equal(value, other[name]) for name, value in one.items())
