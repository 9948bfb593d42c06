"""One GPU for several processes at once, by NVIDIA's multi-process service."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

CONTROL = "nvidia-cuda-mps-control"
SECONDS = 60
"""After which the service counts as unable to start."""


@contextmanager
def shared_gpu() -> Iterator[bool]:
    """Let the processes that start within compute on a GPU side by side.

    Without the service a GPU takes turns between processes, and a small network leaves
    most of it idle in each turn. Where it is not installed, or a process cannot use it,
    everything is as without it.

    Yields:
        Whether it is at work. It is found by `CUDA_MPS_PIPE_DIRECTORY` in the
        environment of this process, and ends with the context.
    """
    control = shutil.which(CONTROL)
    if control is None or "CUDA_MPS_PIPE_DIRECTORY" in os.environ:
        yield "CUDA_MPS_PIPE_DIRECTORY" in os.environ
        return
    with tempfile.TemporaryDirectory(prefix="mps-") as folder:  # the path of a socket is short
        own = {"CUDA_MPS_PIPE_DIRECTORY": folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        os.environ.update(own)
        try:
            working = _starts(control) and _usable()
            if not working:
                _end(control)
                _forget(own)
            yield working
        finally:
            _end(control)
            _forget(own)


def _starts(control: str) -> bool:
    # its log is not this process's: as a daemon it would hold a pipe open
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run([control, "-d"], **quiet, check=False).returncode == 0


def _usable() -> bool:
    """Whether a process that is started now can compute on the GPU."""
    command = [sys.executable, "-c", "import torch; torch.ones(1, device='cuda').sum().item()"]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def _end(control: str) -> None:
    with_quit = {"input": b"quit\n", "capture_output": True, "check": False}
    try:
        subprocess.run([control], **with_quit, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        print("NVIDIA's multi-process service does not end", file=sys.stderr)


def _forget(names: dict[str, str]) -> None:
    for name in names:
        os.environ.pop(name, None)
