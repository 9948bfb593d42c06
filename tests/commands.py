"""Snakemake as users start it."""

import os
import subprocess
import sys

from lib import ROOT


def snakemake(*words: str) -> subprocess.CompletedProcess:
    """Run it to its end; `stdout` has its errors as well."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *words],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
