"""Which code is executed."""

import subprocess

from .. import ROOT
from .fingerprint import code_digest

DIRTY = "-dirty"
"""Suffix of the revision of code with uncommitted changes."""


def revision() -> str:
    """The git revision, with `-dirty` if `lib` differs from it; without git, the code's digest."""

    def git(*args: str) -> str:
        command = ["git", "-C", str(ROOT), *args]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + (DIRTY if git("status", "--porcelain", "lib") else "")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return f"sha256:{code_digest(*(ROOT / 'lib').rglob('*.py'))}"
