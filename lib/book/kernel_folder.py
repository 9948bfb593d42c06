"""Where a kernel has its sockets while it executes a notebook."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def kernel_folder() -> Iterator[Path]:
    """A folder that is removed afterwards; a kernel that Ctrl-C has left in it is ended before.

    It would print a traceback if it found its sockets gone. The name is short, since the
    path of a socket has about a hundred characters at most.
    """
    with tempfile.TemporaryDirectory(prefix="nb-") as folder:
        try:
            yield Path(folder)
        except KeyboardInterrupt:
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            raise
