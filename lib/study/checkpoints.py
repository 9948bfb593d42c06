"""A job's progress on the disk: one good checkpoint at least, whenever the power goes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import time
from pathlib import Path

import torch

from .files import write_atomically
from .progress import log

MAY_CHANGE = ("torch", "device", "code")
"""Parts of an identity that may change while a job waits to be started again: a machine is
updated, a job moves to another one, a bug elsewhere is mended. Only the last digits are at stake,
and days of work, so that a warning is right. Whoever holds that code decides results puts it into
the fingerprint."""

SHARE = 0.05
"""The part of a job's time that its checkpoints may take: a fast GPU does an epoch sooner than a
disk takes the weights of it."""

_MAGIC = b"pruned-representations checkpoint 1: "
_FIRST_LINE = re.compile(_MAGIC + rb"(\d+) bytes, SHA-256 ([0-9a-f]{64})\n")


class DamagedError(Exception):
    """A file is not the whole checkpoint that somebody wrote; the message says why."""


class Checkpoints:
    """The last two checkpoints of a job: `checkpoint.pt` and `checkpoint.previous.pt`.

    A file is a line with the size and the SHA-256 of all that follows, a line with the identity in
    JSON, and what `torch.save` writes. `head -2` shows both lines.

    No random state is kept: all draws of a job come from generators seeded with what they are for.

    Args:
        folder: of the job; only one process at a time may work in it.
        identity: what the checkpoints belong to, such as job and fingerprint. A checkpoint in
            which any of it differs is refused, except for what `MAY_CHANGE` lists: another version
            of PyTorch, device or code is a warning in the log, since the result may then differ in
            its last digits from one without interruption.
    """

    def __init__(self, folder: Path, identity: dict[str, str]):
        self.newest = folder / "checkpoint.pt"
        self.previous = folder / "checkpoint.previous.pt"
        self.identity = identity
        self._newest_is_good: bool | None = None
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for another one: the first is, and each after enough work."""
        return time.monotonic() >= self._next

    def save(self, content: dict) -> None:
        """Write a checkpoint; the one before it is kept as the previous one.

        A damaged file never takes the place of the previous one: at every moment there is a good
        checkpoint under one of the two names, once there has been any.

        Args:
            content: tensors and plain values.

        Raises:
            OSError: no room, no permission, a broken disk. The last checkpoint is still there.
            ValueError: as `load`, where that was not called before.
        """
        began = time.monotonic()
        if self._newest_is_good is None:
            self.load()
        buffer = io.BytesIO()
        torch.save(content, buffer)
        identity = json.dumps(self.identity).encode() + b"\n"
        digest = hashlib.sha256(identity)
        digest.update(buffer.getbuffer())
        size = len(identity) + len(buffer.getbuffer())
        first_line = _MAGIC + f"{size} bytes, SHA-256 {digest.hexdigest()}\n".encode()

        def write(part: Path) -> None:
            with part.open("wb") as file:
                for piece in (first_line, identity, buffer.getbuffer()):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())  # what is about to be pushed aside may be the only good one
            if self._newest_is_good and self.newest.exists():
                os.replace(self.newest, self.previous)

        try:
            write_atomically(self.newest, write)
        except OSError as error:
            raise OSError(error.errno, self._not_written(error)) from error
        self._newest_is_good = True
        now = time.monotonic()
        self._next = now + (now - began) / SHARE

    def load(self) -> dict | None:
        """The newest good checkpoint, on the CPU, without executing any code from the file.

        Returns:
            What was saved; None where there is no checkpoint at all.

        Raises:
            ValueError: all that is there is damaged, or it belongs to something else. Nothing was
                changed or deleted; the message says what to do.
        """
        there = [path for path in (self.newest, self.previous) if path.exists()]
        reasons = {}
        for path in there:
            try:
                content = self._read(path)
            except DamagedError as error:
                reasons[path] = str(error)
                continue
            for other, reason in reasons.items():
                log.warning("warning: %s is damaged (%s): taking %s", other, reason, path)
            self._newest_is_good = path == self.newest
            return content
        if there:
            files = " and ".join(f"{path} is damaged ({reasons[path]})" for path in there)
            raise ValueError(
                f"{files}. No good checkpoint is left: delete {'them' if there[1:] else 'it'} "
                "to start the job again from its beginning."
            )
        self._newest_is_good = False
        return None

    def clear(self) -> None:
        """Remove both."""
        for path in (self.newest, self.previous):
            path.unlink(missing_ok=True)
        self._newest_is_good = None

    def _read(self, path: Path) -> dict:
        try:
            raw = path.read_bytes()
        except OSError as error:  # a bad sector is as good as a wrong byte
            raise DamagedError(error.strerror) from error
        line = _FIRST_LINE.match(raw)
        if line is None:
            cut = b"\n" not in raw and _MAGIC.startswith(raw[: len(_MAGIC)])
            raise DamagedError("truncated" if cut else "not a checkpoint of this study")
        size, checksum = int(line[1]), line[2].decode()
        rest = memoryview(raw)[line.end() :]
        if len(rest) < size:
            raise DamagedError(f"truncated: {len(rest):,} of {size:,} bytes")
        if len(rest) > size or hashlib.sha256(rest).hexdigest() != checksum:
            raise DamagedError("its checksum differs")
        end = raw.index(b"\n", line.end()) + 1
        self._compare(path, json.loads(raw[line.end() : end]))
        try:
            return torch.load(io.BytesIO(raw[end:]), map_location="cpu", weights_only=True)
        except Exception as error:  # PyTorch raises whatever its unpickler trips over
            raise DamagedError(
                f"PyTorch {torch.__version__} doesn't read it: {type(error).__name__}"
            ) from error

    def _compare(self, path: Path, found: dict[str, str]) -> None:
        """Refuse what belongs to something else, warn of what changed.

        Raises:
            ValueError: the identity differs in more than `MAY_CHANGE`.
        """
        names = [*self.identity, *(name for name in found if name not in self.identity)]
        changed = [name for name in names if found.get(name) != self.identity.get(name)]
        fixed = [name for name in names if name not in MAY_CHANGE]

        def listed(identity: dict[str, str], chosen: list[str]) -> str:
            return ", ".join(f"{name} {identity.get(name)}" for name in chosen)

        if set(changed) & set(fixed):
            raise ValueError(
                f"{path} belongs to something else: {listed(found, fixed)}. "
                f"This is {listed(self.identity, fixed)}. Nothing was changed: move the file away "
                "or delete it, and start the job again."
            )
        if changed:
            log.warning(
                "warning: %s was written with %s, and this is %s: "
                "the result may differ from one without interruption in its last digits",
                path,
                listed(found, changed),
                listed(self.identity, changed),
            )

    def _not_written(self, error: OSError) -> str:
        last = self.previous
        if self._newest_is_good and self.newest.exists():
            last = self.newest
        state = f"the last one, {last.name}, is still good" if last.exists() else "there was none"
        return (
            f"the checkpoint {self.newest} could not be written: {error.strerror or error}. "
            f"Nothing was overwritten, {state}. Make room or the folder writable, and start "
            "the job again: it goes on from there."
        )
