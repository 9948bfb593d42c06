"""A job's progress on disk: at least one good checkpoint, whenever the power fails."""

import os
import time
from pathlib import Path

import torch

from ..sealed import DamagedError, write_atomically
from .files import read_whole
from .progress import log

MAY_CHANGE = ("torch", "device", "code")
"""Parts of an identity that may change before a job is started again: a machine is updated, a job
moves to another one, a bug elsewhere is fixed. A refusal would cost days of work to protect
the last digits, so there is only a warning. Where code decides results, fingerprints have it."""

SHARE = 0.05
"""The part of a job's time that its checkpoints may take: a fast GPU can finish an epoch in less
time than a disk needs for the weights."""


class Checkpoints:
    """The last two checkpoints of a job: `checkpoint.pt` and `checkpoint.previous.pt`.

    No random state is kept: all draws of a job come from generators seeded for their purpose.

    Args:
        folder: of the job; only one process at a time may work in it.
        identity: what the checkpoints belong to, such as job and fingerprint. A checkpoint of
            another identity is refused, unless only parts in `MAY_CHANGE` differ: another version
            of PyTorch, device or code gives a warning in the log, since the result may then differ
            in its last digits from one without interruption.
    """

    def __init__(self, folder: Path, identity: dict[str, str]):
        self.newest = folder / "checkpoint.pt"
        self.previous = folder / "checkpoint.previous.pt"
        self.identity = identity
        self._newest_is_good: bool | None = None
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint: at first at once, then after enough work."""
        return time.monotonic() >= self._next

    def save(self, content: dict) -> None:
        """Write a checkpoint; the one before it is kept as the previous one.

        A damaged file never takes the place of the previous checkpoint: from the first one on,
        there is always a good checkpoint under one of the two names.

        Args:
            content: tensors and plain values.

        Raises:
            OSError: no space, no permission, a broken disk. The last checkpoint is still there.
            ValueError: as for `load`, if that was not called before.
        """
        began = time.monotonic()
        if self._newest_is_good is None:
            self.load()

        def write(part: Path) -> None:
            with part.open("wb") as file:
                torch.save({"identity": self.identity, "content": content}, file)
                file.flush()
                os.fsync(file.fileno())  # the file moved aside next may be the only good one
            if self._newest_is_good and self.newest.exists():
                os.replace(self.newest, self.previous)

        write_atomically(self.newest, write)
        self._newest_is_good = True
        now = time.monotonic()
        self._next = now + (now - began) / SHARE

    def load(self) -> dict | None:
        """The newest good checkpoint, on the CPU, without executing any code from the file.

        Returns:
            What was saved; None where there is no good checkpoint, so that the job begins anew.

        Raises:
            ValueError: a checkpoint belongs to something else. Nothing is changed or deleted; the
                message says what to do.
        """
        reasons: dict[Path, str] = {}
        for path in (self.newest, self.previous):
            if not path.exists():
                continue
            try:
                found = read_whole(path)
                identity, content = found["identity"], found["content"]
            except (DamagedError, KeyError, TypeError) as error:
                reasons[path] = str(error) if isinstance(error, DamagedError) else "no checkpoint"
                continue
            self._compare(path, identity)
            for other, reason in reasons.items():
                log.warning("warning: %s is damaged (%s): using %s", other, reason, path)
            self._newest_is_good = path == self.newest
            return content
        for path, reason in reasons.items():
            log.warning("warning: %s is damaged (%s): the job begins anew", path, reason)
        self._newest_is_good = False
        return None

    def clear(self) -> None:
        """Remove both."""
        for path in (self.newest, self.previous):
            path.unlink(missing_ok=True)
        self._newest_is_good = None

    def _compare(self, path: Path, found: dict[str, str]) -> None:
        """Refuse a checkpoint of something else, and warn of changes in `MAY_CHANGE`."""
        mine = self.identity
        changed = [name for name in {**mine, **found} if found.get(name) != mine.get(name)]
        for name in changed:
            difference = f"with {name} {found.get(name)}, and this is {name} {mine.get(name)}"
            if name not in MAY_CHANGE:
                raise ValueError(
                    f"{path} belongs to something else: it was written {difference}. Nothing "
                    "was changed: move the file away or delete it, and start the job again."
                )
            log.warning(
                "warning: %s was written %s: "
                "the result may differ from one without interruption in its last digits",
                path,
                difference,
            )
