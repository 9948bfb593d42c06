"""Where a result comes from: versions, device, memory, and code."""

import os
import platform
import re
import resource
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import torch

from ..repository import ROOT

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas")

READ_BY_JOBS = ["lib", "notebooks", ":(exclude)notebooks/*/page.py"]
READ_BY_JOBS += ["Snakefile", "profiles", "pyproject.toml", "requirements.txt"]
"""As git names paths; pages read the tables of jobs, and no job reads a page."""

UNKNOWN = "unknown"


@cache  # an edit of the code meanwhile changes nothing that this process computes
def environment(device: torch.device) -> dict:
    """Versions, device and code of this process, as plain values."""
    versions = {"python": platform.python_version()}
    versions |= {package: metadata.version(package) for package in PACKAGES}
    name = f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    return {"device": name, "revision": revision(), "versions": versions}


def revision() -> str:
    """The git revision of this repository, with `-dirty` if files that jobs read differ from it.

    `UNKNOWN` without git, or where the sources lie in a repository that is not their own.
    """
    # such as GIT_DIR, which every hook of git has in its environment
    environ = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}

    def git(*words: str) -> str:
        command = ["git", "-C", str(ROOT), "--no-optional-locks", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
        return done.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() == ROOT:
            differs = git("status", "--porcelain", "--untracked-files=all", "--", *READ_BY_JOBS)
            return git("rev-parse", "HEAD") + ("-dirty" if differs else "")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        pass
    return UNKNOWN


def committed(job: dict) -> bool:
    """Whether all code that worked on a job can be found again, by its provenance."""
    revisions = job.get("revisions") or [job.get("revision", "")]
    return all(re.fullmatch(r"[0-9a-f]{40,64}", revision) for revision in revisions)


def peak() -> float:
    """The most memory that this process ever held, in MiB."""
    # on Linux, ru_maxrss starts at the value of the parent process; some sandboxes have no VmHWM
    status = Path("/proc/self/status")
    if highest := re.search(r"VmHWM:\s+(\d+) kB", status.read_text() if status.exists() else ""):
        return int(highest[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def peak_memory(device: torch.device) -> dict[str, int]:
    """`peak` as `memory`, and on a GPU `gpu_memory`, both in MiB."""
    most = {"memory": int(peak())}
    if device.type == "cuda":
        most["gpu_memory"] = torch.cuda.max_memory_allocated(device) // 2**20
    return most
