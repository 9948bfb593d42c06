"""Networks that an earlier run has trained, so that another comparison need not train them again.

The metrics, the images and the permutations of a comparison decide its numbers, but not the
networks. A run that differs from a finished one in these alone takes over its networks.
"""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from ..sealed import PROVENANCE, check_digest, load_json
from ..tables import DENSITY, PERFORMANCE
from .progress import log
from .task import Task

TRAINED = "trained"
"""What the provenance of a run that took networks over says of their training."""


def take_networks(task: Task) -> dict[str, Any] | None:
    """Take over the networks of a finished run, with their tables of performance and density.

    Returns:
        Time, device and code of their training; None if no other run has such networks.
    """
    if task.saved:  # the job has begun, with these or with its own
        return task.saved.get(TRAINED)
    folder = task.folder
    for marker in sorted(folder.parent.parent.glob(f"run-*/{folder.name}/{PROVENANCE}")):
        try:
            earlier = load_json(marker)
            if not _alike(task, earlier):
                continue
            for name, expected in earlier["files"].items():
                check_digest(marker.parent / name, expected)
        except ValueError:  # damaged, or of an earlier version
            continue
        _copy(task, marker.parent, earlier["files"])
        log.info("the networks are those of %s; they are compared anew", marker.parent)
        own = {name: earlier[name] for name in ("seconds", "device", "revision")}
        return earlier.get(TRAINED, own)
    return None


def _alike(task: Task, earlier: dict[str, Any]) -> bool:
    """Whether a run's networks are what this job would train."""
    study, job = task.study, task.job
    return (
        earlier.get("networks") == study.networks_fingerprint(job)
        and earlier["dataset_sha256"] == task.setting.checksum
        and earlier["needs"]
        == {str(other): study.networks_digest(other) for other in study.needs(job)}
    )


def _copy(task: Task, source: Path, files: dict[str, str]) -> None:
    for table in (PERFORMANCE, DENSITY):
        task.add(table, pd.read_parquet(source / f"{table.name}.parquet").to_dict("records"))
    for name in files:
        if name.endswith(".pt"):
            target = task.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target)
            task.keep(target)
