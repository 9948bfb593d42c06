"""Numbers stay on the line of their % and ±, and an interval or "2 of 3" on one line, in prose and
in the tables of notebooks."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_SPACE = re.compile(
    r"(?<=\d) (?=[%\u00b1])|(?<=\u00b1) (?=\d)"
    r"|(?<=\d) (?=to [+\u2212]?\d[\d.,]*\))|(?<=\d to) (?=[+\u2212]?\d[\d.,]*\))"
    r"|(?<=\d) (?=of \d)|(?<=\d of) (?=\d)"
)
NO_BREAK = "\u00a0"
_CODE = (nodes.literal, nodes.literal_block)


class NoBreak(SphinxPostTransform):
    """Texts and HTML of a page, after numbers of other pages have been put in; code stays."""

    default_priority = 900

    def run(self, **options: Any) -> None:
        """Sphinx calls this for each page."""
        for element in self.document.findall(nodes.Element):
            if isinstance(element, _CODE):
                continue
            for i, child in enumerate(element.children):
                if isinstance(child, nodes.Text) and "<script" not in child:
                    element[i] = nodes.Text(_SPACE.sub(NO_BREAK, child))


def setup(app: Any) -> dict[str, bool]:
    app.add_post_transform(NoBreak)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
