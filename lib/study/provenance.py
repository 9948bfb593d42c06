"""Where a result comes from: versions, device, code."""

import platform
import subprocess
from importlib import metadata

import torch

from .. import ROOT
from .fingerprint import code_digest

PACKAGES = ("torch", "torchvision", "torchmetrics", "numpy", "scipy", "scikit-learn", "pandas")


def revision() -> str:
    """The git revision of the code, with `-dirty` where the work tree differs; else its digest."""

    def git(*args: str) -> str:
        command = ["git", "-C", str(ROOT), *args]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("-dirty" if git("status", "--porcelain", "lib") else "")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return f"sha256:{code_digest()}"


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def environment(device: torch.device) -> dict:
    """Versions, device and code of this process, as plain values."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # not every machine has all of them
            continue
    return {"device": device_name(device), "revision": revision(), "versions": versions}
