"""On a GPU the same numbers come out as on the CPU, and nothing waits for it. Skipped without one.

python -m pytest tests/gpu
"""

import io

import pandas as pd
import pytest
import torch

from lib import compare_networks
from lib.data import Augmentation, Dataset, Images
from lib.declared import declared_study
from lib.metrics import LayerRepresentations, compare
from lib.models import build_model
from lib.pruning import Mask, Pruning, prune
from lib.seeds import generator
from lib.study.work import run_job
from lib.training import LayerwiseMomentum, Momentum, PiecewiseLinear, Recipe, Training, evaluate

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")

OPTIMISERS = {"momentum": Momentum(), "LARS": LayerwiseMomentum(trust=0.01)}


def dataset(n=150):
    draws = torch.Generator().manual_seed(0)
    labels = torch.arange(n) % 3
    pixels = torch.randint(0, 120, (n, 3, 32, 32), generator=draws)
    for i, label in enumerate(labels):
        pixels[i, label] += 100  # a class is a colour
    images = Images(pixels.to(torch.uint8), labels)
    classes = ("red", "green", "blue")
    data = Dataset("colours", images, images, classes, (0.4,) * 3, (0.3,) * 3, "made up")
    return data.to("cuda")


def network(dtype=torch.float64, model="vgg_svhn"):
    built = build_model(model, num_classes=3, width=0.125, generator=generator("cpu", "weights"))
    return built.to("cuda", dtype)


def recipe(optimiser=OPTIMISERS["momentum"], epochs=3):
    return Recipe(
        epochs=epochs,
        batch_size=32,  # the last one is of 22
        optimiser=optimiser,
        schedule=PiecewiseLinear((0, 1, epochs), (0, 0.05, 0)),
        augmentation=Augmentation(crop=2, flip=True, degrees=5.0, translate=0.05, cutout=4),
    )


def pruned():
    model = network()
    mask = prune(model, Mask.complete(model), Pruning(fraction=0.5))
    mask.apply_(model)
    return model, mask


def trained(plan, captured, **more):
    model, mask = pruned()
    model.capturable = captured
    training = Training(model, dataset(), plan, 3, mask.keeper(model), **more)
    losses = []
    while not training.finished:
        losses.append(training.run_epoch().loss)
    return model, mask, losses, training


@pytest.fixture
def same_bits(monkeypatch):
    """What is computed twice on the GPU has the same bits."""
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_captured_step_does_what_an_ordinary_one_does(name):
    plan = recipe(OPTIMISERS[name])
    one, _, losses, ordinary = trained(plan, False)
    two, mask, same, captured = trained(plan, True)
    assert ordinary._step._graph is None
    assert captured._step._graph is not None
    assert same == pytest.approx(losses, rel=1e-5)
    assert losses[-1] < losses[0]
    for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    for key, kept in mask.kept.items():
        assert not two.get_parameter(key)[~kept].any()


def test_a_resumed_training_with_captured_steps_ends_as_one_without_a_stop():
    plan = recipe()
    whole, _, _, _ = trained(plan, True)
    model, mask = pruned()
    first = Training(model, dataset(), plan, 3, mask.keeper(model))
    first.run_epoch()
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    model, mask = pruned()
    second = Training(model, dataset(), plan, 3, mask.keeper(model))
    second.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    while not second.finished:
        second.run_epoch()
    for a, b in zip(whole.parameters(), second.model.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_captured_steps_in_autocast_learn():
    model, data = network(torch.float32), dataset()
    training = Training(model, data, recipe(epochs=8), 3, autocast=True)
    while not training.finished:
        training.run_epoch()
    assert evaluate(model, data.test, data)[0] > 0.8


@pytest.mark.parametrize("shape", [(60, 8, 6, 6), (300, 12, 5, 5), (700, 40)])
def test_similarities_are_those_of_the_cpu(shape):
    draws = torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=draws).relu()
    y = (x + torch.randn(shape, generator=draws)).relu()
    found = []
    for device in ("cpu", "cuda"):
        sides = [LayerRepresentations(z.to(device)) for z in (x, y)]
        rows = compare(
            *sides,
            metrics=("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs", "knn_overlap"),
            also=("channels", "gap"),
            dimensions=True,
            permutations=2,
        )
        found.append(pd.DataFrame(rows))
    pd.testing.assert_frame_equal(*found, rtol=1e-6, atol=1e-7)


def test_a_study_runs_on_the_gpu_and_deterministic_ones_give_the_same_bits(tmp_path, same_bits):
    tables = []
    for folder in ("one", "two"):
        study = declared_study("tiny", tmp_path / folder, ["vgg_svhn"])
        run_job(study.job("vgg_svhn t0"), device="cuda")
        where = run_job(study.job("vgg_svhn t0-p0"), device="cuda")
        tables.append(pd.read_parquet(where / "similarity.parquet"))
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert tables[0].value.notna().mean() > 0.8


def test_two_networks_on_the_cpu_are_compared_on_the_gpu_and_go_home():
    sides = network().cpu(), pruned()[0].cpu()
    # more than twice as many as a layer has channels: PWCCA would be arbitrary with fewer
    images = torch.rand(100, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    here, there = (
        compare_networks(*sides, images, reshapes=["channels", "gap"], device=device, say=None)
        for device in ("cpu", "cuda")
    )
    pd.testing.assert_frame_equal(here, there, rtol=1e-6)
    assert {p.device.type for side in sides for p in side.parameters()} == {"cpu"}
