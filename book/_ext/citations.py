"""Citations: as roles again, and with the backend of pybtex at once.

Pybtex searches all installed packages for its backend at each citation.
"""

import re
from typing import Any

from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin

_FILLED = re.compile(r"\[[^][\n]*\]\(references\.bib#(cite(?::t)?):([\w,]+)\)")


def restore(app: Any, page: str, source: list[str]) -> None:
    """Turn what `lib.book.filled` wrote for readers without Sphinx into the role that it was."""
    source[0] = _FILLED.sub(r"{\1}`\2`", source[0])


def setup(app: Any) -> dict[str, bool]:
    register_plugin("pybtex.backends", "plaintext", Backend, force=True)
    app.connect("source-read", restore)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
