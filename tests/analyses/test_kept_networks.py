"""What chapters measure in kept networks agrees with plain definitions on the same networks."""

import pandas as pd
import pytest
import torch
from torch import nn

from lib.analyses.icann2020.hessian import top_eigenvalues
from lib.analyses.loss import Loss
from lib.catalogue import declared_study
from lib.data import normalise
from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.stored_networks import load_complete, load_mask, load_network

from .icann2020.made_up import psp_entropy

pytestmark = pytest.mark.usefixtures("quick_jobs")

NETWORK, CHANCE = "lenet5_one_shot", "vgg_svhn_random_to_collapse"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("chapters")


def done(folder, chapter, name):
    study = declared_study("tiny", folder, [name], chapter)
    for job in study.jobs():
        run_job(study, job, device="cpu")
    return study


@pytest.fixture(scope="module")
def minima(folder):
    return done(folder, "icann2020", NETWORK)


@pytest.fixture(scope="module")
def setting(minima):
    return PreparedExperiment.load(minima.experiment(NETWORK), "", "cpu")


def of(study, analysis):
    name = next(iter(study.experiments))
    return pd.read_parquet(study.job_folder(Job(name, 0, 0, analysis)) / f"{analysis}.parquet")


@pytest.fixture(scope="module")
def pruned(minima, setting):
    return load_network(minima, Job(NETWORK, 0, 0), setting, 1)


def potentials_of(network, images):
    """The inputs of the ReLUs, in the order of the calls."""
    found = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_pre_hook(
                lambda _, given, name=name: found.update({name: given[0]})
            )
    with torch.no_grad():
        network.eval()(images)
    return found


def test_entropy_of_the_complete_and_of_the_pruned_network(minima, setting, pruned):
    table = of(minima, "potentials")
    assert sorted(set(table.iteration)) == [0, 1]
    data, few = setting.dataset, setting.dataset.test.take(slice(50))
    images = normalise(few.pixels, data.mean, data.std, torch.float64)
    complete = load_complete(minima, Job(NETWORK, 0), setting)
    for iteration, network in ((0, complete), (1, pruned)):
        rows = table[table.iteration == iteration].sort_values("depth")
        potentials = potentials_of(network, images)
        assert rows.layer.tolist() == list(potentials)
        for row, values in zip(rows.itertuples(), potentials.values(), strict=True):
            entropy = psp_entropy(values, few.labels, 10)
            assert row.entropy == pytest.approx(entropy.mean().item(), abs=1e-12)
            at_once = psp_entropy(values, torch.zeros_like(few.labels), 1)
            # the digits' classes are not equally frequent: close, and above the entropy by class
            assert row.entropy <= row.mixed == pytest.approx(at_once.mean().item(), abs=0.01)
            assert (row.neurons, row.silent) == (len(entropy), int((entropy == 0).all(1).sum()))


def test_curvature_in_the_space_of_the_survivors(minima, setting, pruned):
    table = of(minima, "landscape")
    data = setting.dataset
    train = data.train.take(slice(8))
    images = normalise(train.pixels, data.mean, data.std, torch.float64)
    mask = load_mask(minima, Job(NETWORK, 0, 0), 1)
    wanted = top_eigenvalues(Loss(pruned, images, train.labels, mask.kept)).item()
    rows = table[table.iteration == 1].set_index("quantity")
    assert rows.value["eigenvalue"] == pytest.approx(wanted, rel=1e-9)
    assert rows.error["trace"] > 0
    loss = torch.nn.functional.cross_entropy(pruned.eval()(images), train.labels).item()
    still = rows[(rows.index == "loss") & (rows.radius == 0)]
    assert still.value.tolist() == pytest.approx([loss] * 2)
    up = rows[rows.index == "increase"].set_index("radius")
    assert (up.error > 0).all()
    along = rows[rows.index == "loss"].groupby("radius").value.mean()
    for radius, value in up.value.items():
        assert value == pytest.approx((along[radius] + along[-radius]) / 2 - loss)


def test_a_network_without_paths_is_constant(folder):
    study = done(folder, "at_init", CHANCE)
    table = of(study, "collapse").set_index("iteration")
    assert table.paths.is_monotonic_decreasing
    assert not table.constant[0]
    assert table.predicted[0] > 1
    assert table.paths[5] == 0
    assert table.constant[5]
    assert table.predicted[5] == 1
    labels = PreparedExperiment.load(study.experiment(CHANCE), "", "cpu").dataset.test.labels
    assert set(table.majority) == {labels.bincount().max().item() / len(labels)}


def test_an_interrupted_analysis_goes_on_with_the_next_network(minima, monkeypatch, tmp_path):
    from lib.analyses import kept_networks

    job = Job(NETWORK, 0, 0, "potentials")
    before = of(minima, "potentials")
    minima.marker(job).unlink()
    load, seen = kept_networks.load_network, []

    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(kept_networks, "load_network", stop)
    with pytest.raises(KeyboardInterrupt):
        run_job(minima, job, device="cpu")
    monkeypatch.setattr(kept_networks, "load_network", lambda *a: seen.append(a[3]) or load(*a))
    monkeypatch.setattr(kept_networks, "load_complete", stop)
    run_job(minima, job, device="cpu")
    assert seen == [1]
    pd.testing.assert_frame_equal(of(minima, "potentials"), before)
