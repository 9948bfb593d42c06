"""Snakemake as users start it, and what its messages tell them to do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lib import ROOT


def snakemake(*words: str, root: Path = ROOT) -> subprocess.CompletedProcess:
    """Run it in the repository, or a copy of it, to its end; `stdout` has its errors as well."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *words],
        cwd=root,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def follow(message: str) -> Path:
    """Remove what a message about damage says; returns its path."""
    [named] = set(re.findall(r"[Rr]emove (\S+) and start again", message))
    shutil.rmtree(named) if (path := Path(named)).is_dir() else path.unlink()
    return path
