"""The choice of LARS' trust is made on images that are not tested on, nor trained on."""

from dataclasses import replace

import pandas as pd
import pytest

from benchmarks.trust import declared, main, measure
from lib.study.prepared_experiment import PreparedExperiment


@pytest.fixture(scope="module")
def setting():
    return PreparedExperiment.load(declared("tiny"), "", "cpu")


def test_neither_test_images_nor_held_out_labels_are_learnt_from(setting):
    """Exchanging them leaves the network, and so its outputs, as they are."""
    data, held_out = setting.dataset, 32
    labels = data.train.labels.clone()
    found = measure(setting, 0.1, 0, held_out=held_out)
    labels[-held_out:] = (labels[-held_out:] + 1) % 10
    others = replace(data, train=replace(data.train, labels=labels), test=data.test.take(slice(1)))
    again = measure(replace(setting, dataset=others), 0.1, 0, held_out=held_out)
    assert found["images"] == again["images"] == len(data.train) - held_out
    assert found["accuracy"] != again["accuracy"]  # of the held-out images
    right = replace(data, test=data.test.take(slice(1)))
    assert measure(replace(setting, dataset=right), 0.1, 0, held_out=held_out) == found


def test_the_command_writes_a_row_for_each_training(tmp_path, capsys):
    out = tmp_path / "trust.csv"
    given = ["--profile", "tiny", "--trusts", "0.01", "0.1", "--seeds", "1", "--held-out", "32"]
    assert main([*given, "--device", "cpu", "--out", str(out)]) == 0
    assert pd.read_csv(out).trust.tolist() == [0.01, 0.1]
    assert "declared: 0.1" in capsys.readouterr().out
