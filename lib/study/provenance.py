"""Where a result comes from: versions, device, code."""

import platform
import re
import resource
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import torch

from .. import ROOT
from .fingerprint import code_digest

DIRTY = "-dirty"
"""Suffix of the revision of code with uncommitted changes."""

PACKAGES = ("torch", "torchvision", "torchmetrics", "numpy", "scipy", "scikit-learn", "pandas")


def revision() -> str:
    """The git revision, with `-dirty` if `lib` differs from it; without git, the code's digest."""

    def git(*args: str) -> str:
        command = ["git", "-C", str(ROOT), *args]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + (DIRTY if git("status", "--porcelain", "lib") else "")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return f"sha256:{code_digest()}"


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def peak_memory(device: torch.device) -> dict[str, int]:
    """The most memory that this process ever held, in MiB: `memory`, and `gpu_memory` on a GPU."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, ru_maxrss starts at the value of the parent process
        found = {"memory": int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) // 1024}
    else:
        unit = 1 if sys.platform == "darwin" else 1024
        found = {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20}
    if device.type == "cuda":
        found["gpu_memory"] = torch.cuda.max_memory_allocated(device) // 2**20
    return found


def environment(device: torch.device) -> dict:
    """Versions, device and code of this process, as plain values."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # not every machine has every package
            continue
    return {"device": device_name(device), "revision": revision(), "versions": versions}
