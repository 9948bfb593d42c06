"""Which code is executed: the one answer for all that a job reads."""

import os
import re
import subprocess
from pathlib import Path

from .. import ROOT
from ..integrity import checksum, digest

READ_BY_JOBS = ("lib", "notebooks", "Snakefile", ":(exclude)notebooks/*/page.py")
"""As git names paths; pages read what jobs have left, and no job reads a page."""


def revision() -> str:
    """The git revision of this repository, with `-dirty` if what a job reads differs from it.

    Without git, or where the sources lie in a repository that is not their own, it is the
    digest of the files.
    """
    # such as GIT_DIR, which every hook of git has in its environment
    environ = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}

    def git(*words: str) -> str:
        command = ["git", "-C", str(ROOT), "--no-optional-locks", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
        return done.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() == ROOT:
            differs = git("status", "--porcelain", "--", *READ_BY_JOBS)
            return git("rev-parse", "HEAD") + ("-dirty" if differs else "")
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        pass
    package = Path(__file__).parents[1]  # installed, it has another name than `lib`
    files = [*package.rglob("*.py"), *ROOT.glob("notebooks/**/*.py"), *ROOT.glob("Snakefile")]
    return f"sha256:{checksum({str(f.relative_to(ROOT)): digest(f) for f in sorted(files)})}"


def committed(job: dict) -> bool:
    """Whether all code that worked on a job can be found again.

    Args:
        job: its provenance, or what that says of the training of networks it took over.
            `revisions` are those of all processes, if they were several.
    """
    revisions = job.get("revisions") or [job.get("revision", "")]
    return all(re.fullmatch(r"[0-9a-f]{40,64}", revision) for revision in revisions)
