"""One process of a distributed training follows it alone: nothing waits, all train the same."""

import copy
import time

import pandas as pd
import pytest
import torch
from torch import distributed, multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel

from lib import SimilarityMonitor, compare_networks

pytestmark = pytest.mark.skipif(
    not (distributed.is_available() and distributed.is_gloo_available()), reason="no gloo"
)

LAYERS = ["0", "3"]
WATCHDOG = 600.0
"""Seconds after which the processes count as hanging."""

WRAPPERS = {
    "parallel": DistributedDataParallel,
    "compiled": lambda net: torch.compile(DistributedDataParallel(net), backend="eager"),
    "compiled inside": lambda net: DistributedDataParallel(torch.compile(net, backend="eager")),
}


def made():
    """A network with buffers, which a pass of the wrapped one would send to all processes."""
    torch.manual_seed(0)
    body = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3)
    network = nn.Sequential(*body, nn.Flatten(), nn.Linear(80, 3))
    return network, torch.randn(60, 1, 8, 8)


def train(name, rank, follows):
    """Three steps on a process's own images, and what the monitor wrote down."""
    network, images = made()
    monitor = SimilarityMonitor(copy.deepcopy(network), images, LAYERS)
    wrapped = WRAPPERS[name](network)
    optimiser = torch.optim.SGD(wrapped.parameters(), 0.1)
    for step in range(3):
        wrapped(images[rank::2]).square().mean().backward()
        optimiser.step()
        optimiser.zero_grad()
        if follows:
            monitor(wrapped, step)
    return network.state_dict(), monitor.table


def work(rank, folder):
    torch.set_num_threads(1)
    store = f"file://{folder / 'store'}"
    distributed.init_process_group("gloo", init_method=store, rank=rank, world_size=2)
    results = {}
    for name in WRAPPERS:
        alone, _ = train(name, rank, False)
        followed, table = train(name, rank, rank == 0)
        results[name] = alone, followed, table.to_dict("list")
    torch.save(results, folder / f"{rank}.pt")
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """What each of two processes has at its end."""
    folder = tmp_path_factory.mktemp("distributed")
    processes = multiprocessing.spawn(work, (folder,), nprocs=2, join=False)
    ends = time.monotonic() + WATCHDOG
    try:
        while not processes.join(timeout=1):
            assert time.monotonic() < ends, "one process waits for the other"
    finally:
        for process in processes.processes:
            process.kill()
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(2)]


@pytest.mark.parametrize("name", WRAPPERS)
def test_one_process_alone_follows_the_network_inside(trained, name):
    _, followed, table = trained[0][name]
    table = pd.DataFrame(table)
    assert table.step.unique().tolist() == [0, 1, 2]
    network, images = made()
    reference = copy.deepcopy(network)
    network.load_state_dict(followed)
    last = compare_networks(reference, network, images, LAYERS, level=None)
    rows = table[table.step == 2].drop(columns="step").reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, last, check_dtype=False)
    assert trained[1][name][2] == {"step": []}


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_distributed_training_is_the_same_with_a_monitor_and_without(trained, name):
    (alone, followed, _), (_, other, _) = (of_process[name] for of_process in trained)
    for key, value in alone.items():
        assert torch.equal(value, followed[key]), key
    for key in ("0.weight", "5.weight"):  # gradients have been averaged
        assert torch.equal(other[key], followed[key]), key
