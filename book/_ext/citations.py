"""Pybtex finds its backend at once: it searches all installed packages for it at each citation."""

from typing import Any

from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin


def setup(app: Any) -> dict[str, bool]:
    register_plugin("pybtex.backends", "plaintext", Backend, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
