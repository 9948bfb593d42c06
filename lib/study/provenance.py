"""Where a result comes from: versions, device, code."""

import platform
from functools import cache
from importlib import metadata

import torch

from .code_revision import revision
from .memory import peak

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas")


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def peak_memory(device: torch.device) -> dict[str, int]:
    """The most memory that this process ever held, in MiB: `memory`, and `gpu_memory` on a GPU."""
    most = {"memory": int(peak())}
    if device.type == "cuda":
        most["gpu_memory"] = torch.cuda.max_memory_allocated(device) // 2**20
    return most


def environment(device: torch.device) -> dict:
    """Versions, device and code of this process, as plain values."""
    return {"device": device_name(device), **_software()}


@cache
def _software() -> dict:
    """What this process has imported: an edit of it meanwhile changes nothing that it computes."""
    versions = {"python": platform.python_version()}
    versions |= {package: metadata.version(package) for package in PACKAGES}
    return {"revision": revision(), "versions": versions}
