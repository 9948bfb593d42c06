"""Snakemake as users start it."""

import os
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
