"""How much memory a process took."""

import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
"""What Linux says of the process that reads it."""


def peak() -> float:
    """The most memory that this process ever held, in MiB."""
    # on Linux, ru_maxrss starts at the value of the parent process; some sandboxes have no VmHWM
    status = STATUS.read_text() if STATUS.exists() else ""
    if highest := re.search(r"VmHWM:\s+(\d+) kB", status):
        return int(highest[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
