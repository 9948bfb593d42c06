"""Two networks compared on a stream of images: the numbers are those of all images at once."""

import pandas as pd
import pytest
import torch

from lib.data import load_dataset, load_folder, normalise
from lib.metrics import compare
from lib.models import build_model, record, recorded_layers
from lib.pruning import Mask, Pruning, prune
from lib.study import streaming
from lib.study.streaming import compare_streamed

from ..metrics.processes import in_processes
from ..pictures import write_pictures

METRICS = ("mean_cca", "svcca", "pwcca", "cka", "nbs", "procrustes", "linear_regression")
SIZE = 32


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return load_folder(write_pictures(tmp_path_factory.mktemp("pictures"), side=40), SIZE)


@pytest.fixture(scope="module")
def networks(data):
    return make_networks(data)


def make_networks(data):
    """A network with running statistics of its own, and a pruned copy of it, in float64."""
    pixels, _ = next(data.train.batches(24))
    found = []
    for _ in range(2):
        network = build_model("resnet_fast", 2, 0.125, generator=torch.Generator().manual_seed(0))
        if found:
            prune(network, Mask.complete(network), Pruning(1, 0.5))
        network.train()(normalise(pixels, data.mean, data.std))
        found.append(network.double().eval())
    return found


def at_once(networks, data, names, reshapes):
    (pixels, _), *rest = data.test.batches(len(data.test))
    assert not rest
    x = normalise(pixels, data.mean, data.std, torch.float64)
    sides = [record(network, x, names) for network in networks]
    for name in names:
        for row in compare(*(s[name] for s in sides), metrics=METRICS, reshapes=reshapes):
            yield {"layer": name, **row}


def keyed(rows):
    return pd.DataFrame(rows).set_index(["layer", "reshape", "metric"]).sort_index()


def assert_same(streamed, whole):
    """To 1e-10, except for PWCCA on few rows: its weights come from canonical vectors, which are
    not determined where correlations coincide, and of 16 channels in 20 images many are 1."""
    numbers = ["value", "null_mean", "null_sd", "dead_x", "dead_y", "rank_x", "rank_y"]
    for metric in METRICS:
        left, right = (rows.xs(metric, level="metric")[numbers] for rows in (streamed, whole))
        if metric == "pwcca":
            left, right = (rows.xs("channels", level="reshape") for rows in (left, right))
        pd.testing.assert_frame_equal(
            left, right, rtol=1e-10, atol=1e-10, check_dtype=False, obj=metric
        )


def test_every_layer_has_the_numbers_of_all_images_at_once(networks, data):
    reshapes = ("channels", "gap")
    rows = keyed(compare_streamed(*networks, data.test, data, metrics=METRICS, batch_size=7))
    layers = recorded_layers(networks[0])
    whole = keyed(at_once(networks, data, [name for name, _ in layers], reshapes))
    assert len(rows) == len(layers) * len(reshapes) * len(METRICS)
    assert_same(rows, whole)
    channels = rows.xs("channels", level="reshape")["value"].drop("out")
    assert channels.xs("cka", level="metric").between(0.05, 0.9999).all()
    assert dict(rows.reset_index()[["layer", "kind"]].to_numpy()) == dict(layers)


def test_layers_in_groups_give_the_same_numbers(networks, data, monkeypatch):
    names = ["res1_1", "pool2", "res3_1"]
    passes = []
    batches = type(data.test).batches
    monkeypatch.setattr(
        type(data.test), "batches", lambda *given: passes.append(1) or batches(*given)
    )

    def rows(memory):
        passes.clear()
        return keyed(
            compare_streamed(*networks, data.test, data, layers=names, memory=memory)
        ), len(passes)

    (whole, once), (groups, often) = rows(streaming.MEMORY), rows(1)
    assert (once, often) == (1, len(names))
    pd.testing.assert_frame_equal(whole, groups)
    two = sum(2 * streaming.moment_bytes(c, c) for c in (16, 32))
    assert rows(two)[1] == 2
    assert rows(two - 1)[1] == 3


def test_images_in_memory_are_accepted(networks):
    data = load_dataset("digits", "")
    few = data.test.take(slice(200))
    draws = (torch.Generator().manual_seed(seed) for seed in range(2))
    nets = [build_model("vgg_svhn", 10, 0.1, generator=draw).double() for draw in draws]
    rows = keyed(compare_streamed(*nets, few, data, layers=["pool4"], reshapes=("flat", "gap")))
    x = normalise(few.pixels, data.mean, data.std, torch.float64)
    sides = [record(network, x, ["pool4"])["pool4"] for network in nets]
    wanted = {row["metric"]: row["value"] for row in compare(*sides, reshapes=("gap",))}
    for metric, value in wanted.items():
        assert rows.loc[("pool4", "gap", metric), "value"] == pytest.approx(
            value, rel=1e-10, nan_ok=True
        )


def split(rank, world, folder):
    data = load_folder(folder, SIZE)
    part = data.test.take(slice(3) if rank == 0 else slice(3, None) if rank == 1 else slice(0))
    rows = compare_streamed(
        *make_networks(data), part, data, layers=["res1_1", "out"], metrics=METRICS, batch_size=8
    )
    return list(rows)


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="no gloo in this PyTorch")
def test_images_split_over_processes_give_the_same_numbers(networks, data, tmp_path):
    folder = data.test.root.parent
    one = keyed(
        compare_streamed(*networks, data.test, data, layers=["res1_1", "out"], metrics=METRICS)
    )
    for rows in in_processes(3, split, tmp_path, folder):
        assert_same(keyed(rows), one)


def test_what_it_cannot_do_is_refused_before_the_first_pass(networks, data):
    def first(**asked):
        return next(compare_streamed(*networks, data.test, data, **asked))

    with pytest.raises(
        ValueError, match="don.t need all images at once: got .rsa., want one of .mean"
    ):
        first(metrics=("rsa",))
    with pytest.raises(ValueError, match="layers: got none"):
        first(layers=())
    with pytest.raises(ValueError, match="Did you mean 'pool1'"):
        first(layers=["pool_1"])
    with pytest.raises(TypeError, match="recorded_layers = "):
        next(compare_streamed(torch.nn.Linear(2, 2), networks[1], data.test, data))


def test_a_layer_without_variance_has_no_similarity(networks, data):
    with torch.no_grad():
        silent = build_model("resnet_fast", 2, 0.125).double()
        silent.prep.bn.weight.zero_()
    rows = compare_streamed(networks[0], silent, data.test, data, layers=["prep"])
    for row in rows:
        assert row["value"] != row["value"]
        assert (row["rank_y"], row["dead_y"]) == (0, 8)
        assert row["rank_x"] > 0
