"""Several processes of one job on the CPU, which never keep a test waiting forever."""

import datetime
import os
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

SECONDS = 1200
"""After this time a process gives up waiting for the others, and so does the test."""


def in_processes(world, work, folder, *arguments):
    """The results of `work(rank, world, *arguments)` in each process, in the order of ranks.

    Args:
        world: number of processes.
        work: a function of a module, whose results `torch.save` can write.
        folder: an empty folder for the results.
    """
    # one process imports what takes seconds, and the others are its forks
    mp.set_forkserver_preload(["lib.metrics.accumulate"])
    context = mp.start_processes(
        _process, (world, work, folder, arguments), world, join=False, start_method="forkserver"
    )
    end = time.monotonic() + SECONDS
    try:
        while not context.join(timeout=1):
            assert time.monotonic() < end, f"{work.__name__} hangs"
    finally:
        for process in context.processes:
            if process.is_alive():
                process.kill()
    return [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(world)]


def _process(rank, world, work, folder, arguments):
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo",
        init_method=(folder / "meeting").as_uri(),
        rank=rank,
        world_size=world,
        timeout=datetime.timedelta(seconds=SECONDS),
    )
    torch.save(work(rank, world, *arguments), folder / f"{rank}.pt")
    # PyTorch 2.4 may wait forever for a thread of the group, which waits for Python
    os._exit(0)
