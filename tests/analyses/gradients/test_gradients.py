"""Kernels with and without gradients of kept networks."""

import pytest

from lib.analyses.gradients.gradient_rows import kernels
from lib.analyses.gradients.tables import NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS
from lib.catalogue import load_profile
from lib.metrics import cka, with_gradients
from lib.models import record_with_gradients
from lib.study.prepared_experiment import PreparedExperiment


def of_layer(network, images, labels):
    return record_with_gradients(network, images, labels, ["conv2_1"])["conv2_1"]


def test_each_kernel_is_of_the_same_layer():
    setting = PreparedExperiment.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    both = [of_layer(setting.new_network(seed), images, labels) for seed in (0, 1)]
    found = [kernels(*one) for one in both]
    wanted = {
        NO_GRADIENTS: cka(*(x for x, _ in both)),
        WITH_GRADIENTS: cka(*(with_gradients(*one) for one in both)),
        UNIT_GRADIENTS: cka(*(with_gradients(*one, unit=True) for one in both)),
    }
    for kernel, value in wanted.items():
        assert cka(*(one[kernel].reshaped("flat") for one in found)) == pytest.approx(value)


def test_of_a_layer_that_is_gone_the_representation_alone_is_there():
    setting = PreparedExperiment.load(load_profile("tiny").experiment("vgg_svhn"), "", "cpu")
    network = setting.new_network(0)
    network.conv2_1.bn.weight.data.zero_()
    images, labels = setting.inputs(setting.dataset.test, slice(30))
    assert list(kernels(*of_layer(network, images, labels))) == [NO_GRADIENTS]
