"""One GPU for several processes at once, by NVIDIA's multi-process service."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

CONTROL = "nvidia-cuda-mps-control"
PIPES = "CUDA_MPS_PIPE_DIRECTORY"
TRY = "import torch; torch.ones(1, device='cuda').sum().item()"
SECONDS = 60
"""After which the service counts as unable to start."""

MEMORY_OF_A_JOB = 8 << 10
"""MiB of a GPU that a job may need, its process's own included: 4.4 GiB was the most seen."""
MOST = 6
"""Jobs of ResNet_fast that filled an H200; more of a smaller network gain a little."""


def jobs_that_fit() -> int:
    """How many jobs share a GPU by default: as many as its memory holds, `MOST` at most."""
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

    Without the service a GPU takes turns between processes, and a small network leaves most of it
    idle in each turn. If the service is not installed, or processes cannot use it, they take turns.

    Yields:
        Whether the service works. Processes find it by `PIPES` in the environment.
    """
    control = shutil.which(CONTROL)
    if control is None or PIPES in os.environ:
        yield PIPES in os.environ  # whoever started it ends it
        return
    with tempfile.TemporaryDirectory(prefix="mps-") as folder:  # the path of a socket is short
        own = {PIPES: folder, "CUDA_MPS_LOG_DIRECTORY": folder}
        os.environ.update(own)
        try:
            if works := _succeeds(control, "-d") and _succeeds(sys.executable, "-c", TRY):
                yield True
        finally:
            _succeeds(control, given=b"quit\n")
            for name in own:
                os.environ.pop(name, None)
    if not works:
        yield False


def _succeeds(*command: str, given: bytes = b"") -> bool:
    # a daemon that inherits a pipe would hold it open
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        ended = subprocess.run(command, input=given, timeout=SECONDS, check=False, **quiet)
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
