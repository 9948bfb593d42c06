"""The switch for bit-identical results on a GPU."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def deterministic(wanted: bool) -> Iterator[None]:
    """Use deterministic algorithms only, at some cost; afterwards all is as before.

    On a CPU results are bit-identical without it, for the same number of threads. cuBLAS reads its
    workspace setting once: the first use in a process must come before any other work on the GPU.

    Args:
        wanted: False changes nothing.

    Raises:
        RuntimeError: inside, from an operation that has no deterministic form.
    """
    if not wanted:
        yield
        return
    before = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        torch.backends.cudnn.benchmark = before[1]
