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

MEMORY_OF_A_JOB = 8 << 10
"""MiB of a GPU that a job may need, its process's own included: 4.4 GiB was the most seen."""
MOST = 6
"""Jobs of ResNet_fast that filled an H200; more of a smaller network gain a little."""


def jobs_that_fit() -> int:
    """How many jobs share a GPU by default: as many as its memory holds, and fill it."""
    ask = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=SECONDS, check=True)
        memory = min(int(line) for line in answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return 1
    return max(1, min(MOST, memory // MEMORY_OF_A_JOB))


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
        yield "CUDA_MPS_PIPE_DIRECTORY" in os.environ  # whoever started it ends it
        return
    with tempfile.TemporaryDirectory(prefix="mps-") as folder:  # the path of a socket is short
        own = {"CUDA_MPS_PIPE_DIRECTORY": folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        os.environ.update(own)
        try:
            # its log is not this process's: as a daemon it would hold a pipe open
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            started = subprocess.run([control, "-d"], **quiet, check=False).returncode == 0
            if working := started and _usable():
                yield True
        finally:
            _end(control)  # which finds the service by what is forgotten then
            for name in own:
                os.environ.pop(name, None)
    if not working:
        yield False


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
