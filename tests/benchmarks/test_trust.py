"""The trust of LARS is chosen on training images held out, never on test images."""

from dataclasses import replace

import pytest

from benchmarks.trust import declared, measure
from lib.study.prepared_experiment import PreparedExperiment


@pytest.fixture(scope="module")
def setting():
    return PreparedExperiment.load(declared("tiny"), "", "cpu")


def test_test_images_and_held_out_labels_do_not_change_the_network(setting):
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
