"""Train the networks of the page on which two networks run, and write the page's data; minutes.

Usage: python -m lib.commands.alive FOLDER
"""

import sys
from dataclasses import replace
from pathlib import Path

from .. import ROOT
from ..analyses.alive.export import export
from ..catalogue import SMOKE
from ..interruption import run_command_line
from ..study.declarations import ProfileOverride
from ..study.job import Job
from ..study.jobs import run_job
from ..study.study import Study

_DATA = ROOT / "book" / "_static" / "alive_data.js"
_NETWORK = "vgg_svhn"
_CHECKED = (5, 20)
"""Iterations whose similarities the page's tests compare with those of `lib.metrics`."""

_ITERATIONS = ProfileOverride(20, "as many as the paper, so that one sees where it ends")
_UNUSED = "the page computes what it shows"
_CHANGES = {
    "pruning.iterations": _ITERATIONS,
    "prune_seeds": ProfileOverride((0,), "the page shows one run"),
    "dimensions": ProfileOverride(False, _UNUSED),
    "permutations": ProfileOverride(0, _UNUSED),
    "metrics": ProfileOverride(("cka",), _UNUSED),
    "also": ProfileOverride((), _UNUSED),
}


def main(folder: Path) -> None:
    """Do both jobs, or what is left of them, in a folder; then write the data."""
    changes = {_NETWORK: SMOKE.changes[_NETWORK] | _CHANGES}
    profile = replace(SMOKE, name="alive", changes=changes, variants=(), varied={})
    study = Study(profile, folder, [_NETWORK])
    run = Job(_NETWORK, 0, 0)
    for job in (Job(_NETWORK, 0), run):
        run_job(study, job)
    export(study, run, _DATA, _CHECKED)


if __name__ == "__main__":
    run_command_line(lambda: main(Path(sys.argv[1])))
