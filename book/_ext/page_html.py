"""Last changes to the HTML of a page: no script without a use, no heads or labels without words."""

from __future__ import annotations

import re
from typing import Any

BODY = {
    # pandas leaves it empty above the index
    "<th></th>": "<td></td>",
    # the role of docutils is deprecated, and none that a list may have
    ' role="doc-biblioentry"': ' role="listitem"',
    # myst-nb says it to screen readers in place of the words that all others see
    ' aria-label="Toggle hidden content"': "",
}
_ROW = r"<tr[^>]*>((?:\s*<th[^>]*>[^<]*</th>)+)\s*</tr>\s*"
_TWO_ROWS = re.compile(rf"<thead>\s*{_ROW}{_ROW}</thead>")


def _one_row(heads: re.Match[str]) -> str:
    """The heads of a table in one row: pandas gives names of index levels a row of their own."""
    columns, levels = (re.findall(r"<th[^>]*>([^<]*)</th>", row) for row in heads.groups())
    named = [name for name in levels if name]
    if len(columns) != len(levels) or any(levels[len(named) :]):
        return heads[0]
    cells = "".join(f"<th>{name}</th>" for name in [*named, *columns[len(named) :]])
    return f"<thead><tr>{cells}</tr></thead>"


def _mentions(script: Any, name: str) -> bool:
    inline = getattr(script, "attributes", {}).get("body") or ""
    return name in f"{getattr(script, 'filename', script)} {inline}".lower()


def change(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Drop Thebe (live code), which loads itself from another host, and MathJax on pages without
    formulas."""
    body = _TWO_ROWS.sub(_one_row, context.get("body", ""))
    for old, new in BODY.items():
        body = body.replace(old, new)
    context["body"] = body
    unused = ["thebe"] if 'class="math' in body else ["thebe", "mathjax"]
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if not any(_mentions(script, name) for name in unused)
    ]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once. Late priority: the scripts must have been added by then."""
    app.connect("html-page-context", change, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
