"""Time and memory of a pass through a network, on a processor or on a GPU."""

import ctypes
import multiprocessing
import re
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import psutil
import torch

MEBIBYTE = 2**20
FORKS = 3
"""Processes that are asked for their memory, one after the other, until one answers."""
PATIENCE = 120.0
"""Seconds that each of them has."""
_FORK = multiprocessing.get_context("fork")
_MMAP_THRESHOLD = -3
"""The parameter of C's `mallopt` that has this name."""
_LEAST_MAPPED = 1 << 16
"""Bytes from which on a tensor gets pages of its own."""

Run = Callable[[torch.Tensor], torch.Tensor]


class Meter(Protocol):
    """Measures passes on one device; call both methods under `torch.no_grad`.

    Attributes:
        name: of what is measured on, for a table.
        device: where networks and images have to be.
    """

    name: str
    device: torch.device

    def seconds(self, run: Run, images: torch.Tensor, passes: int) -> float:
        """The time of one pass, a mean over so many in a row."""

    def memory(self, make: Callable[[], Run], images: torch.Tensor) -> float:
        """Mebibytes that a pass takes at its highest, beyond what stood there before it."""


class ProcessorMeter:
    """Time of the processor, and memory of a process of its own, as Linux counts it."""

    name = "processor"
    device = torch.device("cpu")

    def seconds(self, run: Run, images: torch.Tensor, passes: int) -> float:
        start = time.process_time()
        for _ in range(passes):
            run(images)
        return (time.process_time() - start) / passes

    def memory(self, make: Callable[[], Run], images: torch.Tensor) -> float:
        for _ in range(FORKS):
            receiver, sender = multiprocessing.Pipe()
            child = _FORK.Process(target=_peak, args=(make, images, sender))
            child.start()
            sender.close()
            # a lock that another thread holds while the process is forked is never freed in it
            if receiver.poll(PATIENCE):
                peak = receiver.recv()
                child.join()
                return peak / MEBIBYTE
            child.kill()
            child.join()
        raise RuntimeError(f"none of {FORKS} processes measured its memory in {PATIENCE:g} seconds")


def _peak(make: Callable[[], Run], images: torch.Tensor, answer: Connection) -> None:
    """The second pass counts: the first one also prepares kernels, once and for all."""
    run, c_library = make(), ctypes.CDLL(None)
    # tensors go back to the system when they are freed
    c_library.mallopt(_MMAP_THRESHOLD, _LEAST_MAPPED)
    with torch.no_grad():
        run(images)
        c_library.malloc_trim(0)  # what is free would be taken again unseen
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
        before = psutil.Process().memory_info().rss
        run(images)
    status = Path("/proc/self/status").read_text()
    highest = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
    answer.send(1024 * highest - before)
    answer.close()


class GpuMeter:
    """Time that passes until the GPU has done its work, and memory that PyTorch allots there.

    Args:
        device: such as "cuda", or "cuda:1".

    Raises:
        ValueError: there is no such GPU.
    """

    def __init__(self, device: str):
        self.device = torch.device(device)
        index = self.device.index or 0
        if self.device.type != "cuda" or index >= torch.cuda.device_count():
            raise ValueError(
                f"no GPU {device!r}: PyTorch sees {torch.cuda.device_count()} here; "
                "--device cpu measures on the processor"
            )
        self.name = torch.cuda.get_device_name(self.device)

    def seconds(self, run: Run, images: torch.Tensor, passes: int) -> float:
        torch.cuda.synchronize(self.device)
        start = time.perf_counter()
        for _ in range(passes):
            run(images)
        torch.cuda.synchronize(self.device)  # calls return before the GPU has done what they ask
        return (time.perf_counter() - start) / passes

    def memory(self, make: Callable[[], Run], images: torch.Tensor) -> float:
        run = make()
        run(images)  # prepares kernels and their workspaces, once and for all
        torch.cuda.synchronize(self.device)
        torch.cuda.reset_peak_memory_stats(self.device)
        before = torch.cuda.memory_allocated(self.device)
        run(images)
        torch.cuda.synchronize(self.device)
        return (torch.cuda.max_memory_allocated(self.device) - before) / MEBIBYTE


def meter_of(device: str) -> Meter:
    """The meter of a device: "cpu", or "cuda" with or without a number.

    Raises:
        ValueError: there is no such device.
    """
    return ProcessorMeter() if device == "cpu" else GpuMeter(device)
