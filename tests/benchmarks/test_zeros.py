"""The networks that are timed are those of the masks, made or trained, and all give one output."""

import copy
import time

import pytest
import torch

from benchmarks import meters, zeros
from lib.models import build_model
from lib.pruning import Mask

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta state")


@pytest.fixture(params=["vgg_svhn", "resnet_fast"])
def case(request):
    """A quarter of the weights of each layer, at random, and none in the first three filters."""
    complete = build_model(request.param, width=0.125).eval()
    generator = torch.Generator().manual_seed(0)
    kept = {
        name: zeros.random_mask(whole, 0.25, 3, generator)
        for name, whole in Mask.complete(complete).kept.items()
    }
    masked = copy.deepcopy(complete)
    Mask(kept).apply_(masked)
    return zeros.Case("made up", complete, masked, Mask(kept))


def test_a_made_mask_has_its_density_and_its_filters_without_weights():
    kept = zeros.random_mask(torch.ones(8, 4, 3, 3), 0.25, 3, torch.Generator().manual_seed(0))
    assert kept.sum() == 0.25 * kept.numel()
    assert not kept[:3].any()
    assert kept[3:].flatten(1).any(1).all()


@torch.no_grad()
def test_a_network_of_sparse_matrices_gives_the_same_output(case):
    images = torch.randn(3, 3, 32, 32)
    own = case.masked(images)
    assert torch.allclose(zeros.sparse(case.masked)(images), own, atol=1e-5)


def test_a_row_has_times_memory_and_what_is_left(case, monkeypatch):
    monkeypatch.setattr(zeros, "find_spec", lambda _: None)  # which takes seconds to export
    row = zeros.measure(case, batch=2, turns=2, seconds=0)
    assert row["weights left"] == pytest.approx(0.25, abs=0.01)
    assert row["channels left"] <= row["channels"]
    assert row["difference"] < 1e-5
    assert row["sparse low"] <= row["sparse"] <= row["sparse high"]
    assert row["dense MiB"] > 0


def test_time_and_memory_grow_with_the_work():
    meter = meters.ProcessorMeter()
    narrow, wide = (torch.nn.Linear(100, width) for width in (10, 50_000))
    images = torch.randn(64, 100)
    with torch.no_grad():
        assert meter.seconds(wide, images, 3) > meter.seconds(narrow, images, 3)
        output = 64 * 50_000 * 4 / meters.MEBIBYTE
        assert meter.memory(lambda: wide, images) == pytest.approx(output, rel=0.2)


def test_a_process_that_hangs_when_it_is_forked_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(meters, "PATIENCE", 2.0)

    def hang_once():
        asked = tmp_path / "asked"
        if not asked.exists():
            asked.touch()
            time.sleep(60)
        return torch.nn.Linear(10, 10)

    assert meters.ProcessorMeter().memory(hang_once, torch.randn(2, 10)) < 100
    monkeypatch.setattr(meters, "FORKS", 0)
    with pytest.raises(RuntimeError, match="measured its memory"):
        meters.ProcessorMeter().memory(hang_once, torch.randn(2, 10))


def test_a_gpu_that_is_not_there_is_refused_with_what_works(capsys):
    with pytest.raises(SystemExit) as stopped:
        zeros.main(["--device", "cuda:99"])
    assert stopped.value.code == 2
    assert "--device cpu measures on the processor" in capsys.readouterr().err
