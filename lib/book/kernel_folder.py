"""Where a kernel has its sockets while it executes a notebook."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

LONGEST = 103
"""Bytes in the path of a socket, on macOS; a few more on Linux."""


@contextmanager
def kernel_folder() -> Iterator[Path]:
    """A folder that is removed afterwards; a kernel that Ctrl-C has left in it is ended before.

    It would print a traceback if it found its sockets gone. Where the path of temporary
    files is too long for a socket, as on some clusters, the folder is in `/tmp`.
    """
    longest = os.path.join(tempfile.gettempdir(), "nb-12345678", "kernel-5")
    place = "/tmp" if len(os.fsencode(longest)) > LONGEST else None
    with tempfile.TemporaryDirectory(prefix="nb-", dir=place) as folder:
        try:
            yield Path(folder)
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            raise
