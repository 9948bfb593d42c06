"""A job's progress on disk: there is a valid checkpoint at any moment."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..integrity import DamagedError
from . import log
from .job import OF_A_JOB
from .storage import read_whole, save_tensors

BELONGS_TO = (*OF_A_JOB, "fingerprint", "dataset_sha256", "needs")
"""Facts of a job that must not change before it resumes."""

MAY_CHANGE = ("torch", "device", "precision", "revision")
"""Facts that may change before a job resumes: a machine is updated, the job moves to another one, a
bug elsewhere is fixed. A refusal would cost days of work to protect the last digits, so there is
only a warning. Where code decides results, fingerprints have it."""

CHECKPOINT_SHARE = 0.05
"""The share of a job's time that its checkpoints may take: a fast GPU can finish an epoch in less
time than a disk needs for the weights."""


class Checkpoint:
    """The progress of a job, in `checkpoint.pt`, in a folder where one process is at work.

    No random state is kept: all draws of a job come from generators seeded for their
    purpose.
    """

    def __init__(self, folder: Path):
        self.path = folder / "checkpoint.pt"
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint: at first at once, then after enough work."""
        return time.monotonic() >= self._next

    def save(self, content: dict) -> None:
        """Replace the checkpoint by tensors and plain values; there is a good one at any moment.

        The content identifies the job under `about`.
        """
        began = time.monotonic()
        # nested, so that checkpoints of earlier versions are still read
        save_tensors(self.path, {"content": content})
        now = time.monotonic()
        self._next = now + (now - began) / CHECKPOINT_SHARE

    def load(self, about: Mapping[str, Any] | None = None) -> dict:
        """The saved content, on the CPU; empty without a valid checkpoint, so that the job starts
        anew.

        Args:
            about: the facts of the job now. A difference in `MAY_CHANGE` is logged as a warning,
                since the result may then differ in its last digits from that of an uninterrupted
                job. None reads the checkpoint of any job.

        Raises:
            ValueError: the checkpoint belongs to another job. Nothing is changed or deleted; the
                message says what to do.
        """
        if not self.path.exists():
            return {}
        try:
            content = read_whole(self.path)["content"]
            of_job = content["about"]
        except (DamagedError, KeyError, TypeError) as error:
            if about is not None:
                log.warning("warning: %s is damaged (%s): the job begins anew", self.path, error)
            return {}
        if about is not None:
            self._compare(of_job, about)
        return content

    def clear(self) -> None:
        """Remove the checkpoint, and one that a killed process left unfinished."""
        for file in self.path.parent.glob(f"*{self.path.name}*"):
            file.unlink()

    def _compare(self, earlier: Mapping[str, Any], about: Mapping[str, Any]) -> None:
        saved, current = ({**facts, **facts["versions"]} for facts in (earlier, about))
        for fact in (*BELONGS_TO, *MAY_CHANGE):
            if saved.get(fact) == current.get(fact):
                continue
            difference = f"with {fact} {saved.get(fact)}, and this is {fact} {current.get(fact)}"
            if fact in BELONGS_TO:
                raise ValueError(
                    f"{self.path} belongs to something else: it was written {difference}. Nothing "
                    "was changed: move the file away or delete it, and start the job again."
                )
            log.warning(
                "warning: %s was written %s: "
                "the result may differ from one without interruption in its last digits",
                self.path,
                difference,
            )
