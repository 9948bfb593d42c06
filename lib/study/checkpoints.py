"""A job's progress on disk: a good checkpoint, whenever the power fails."""

import time
from pathlib import Path

from ..atomic_files import remove_parts
from ..integrity import DamagedError
from .progress import log
from .storage import read_whole, save_tensors

MAY_CHANGE = ("torch", "device", "precision", "code")
"""Parts of an identity that may change before a job is started again: a machine is
updated, a job moves to another one, a bug elsewhere is fixed. A refusal would cost days
of work to protect the last digits, so there is only a warning. Where code decides
results, fingerprints have it."""

CHECKPOINT_SHARE = 0.05
"""The part of a job's time that its checkpoints may take: a fast GPU can finish an
epoch in less time than a disk needs for the weights."""


class Checkpoint:
    """The progress of a job, in `checkpoint.pt`, in a folder where one process is at work.

    No random state is kept: all draws of a job come from generators seeded for their
    purpose.

    Args:
        identity: what the checkpoint belongs to, such as job and fingerprint. A
            checkpoint of another identity is refused; one that differs in `MAY_CHANGE`
            alone gives a warning in the log, since the result may then differ in its last
            digits from one without interruption.
    """

    def __init__(self, folder: Path, identity: dict[str, str]):
        self.path = folder / "checkpoint.pt"
        self.identity = identity
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint: at first at once, then after enough work."""
        return time.monotonic() >= self._next

    def save(self, content: dict) -> None:
        """Replace the checkpoint by tensors and plain values; there is a good one at any moment."""
        began = time.monotonic()
        self._remove_parts()
        save_tensors(self.path, {"identity": self.identity, "content": content})
        now = time.monotonic()
        self._next = now + (now - began) / CHECKPOINT_SHARE

    def look(self) -> dict | None:
        """What was saved, whatever it belongs to; None where nothing whole is there."""
        try:
            return read_whole(self.path)["content"]
        except (DamagedError, KeyError, TypeError):
            return None

    def load(self) -> dict | None:
        """What was saved, on the CPU; None where nothing whole is there, so the job begins anew.

        Raises:
            ValueError: the checkpoint belongs to something else. Nothing is changed or
                deleted; the message says what to do.
        """
        if not self.path.exists():
            return None
        try:
            saved = read_whole(self.path)
            identity, content = saved["identity"], saved["content"]
        except (DamagedError, KeyError, TypeError) as error:
            reason = error if isinstance(error, DamagedError) else "no checkpoint"
            log.warning("warning: %s is damaged (%s): the job begins anew", self.path, reason)
            return None
        self._compare(identity)
        return content

    def clear(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)
        self._remove_parts()

    def _remove_parts(self) -> None:
        """Remove what a killed process has left of this checkpoint, or of a network or a table."""
        remove_parts(self.path.parent, "*.pt", "*.parquet")

    def _compare(self, saved: dict[str, str]) -> None:
        """Refuse a checkpoint of something else, and warn of changes in `MAY_CHANGE`."""
        current = self.identity
        changed = [name for name in {**current, **saved} if saved.get(name) != current.get(name)]
        for name in changed:
            difference = f"with {name} {saved.get(name)}, and this is {name} {current.get(name)}"
            if name not in MAY_CHANGE:
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
