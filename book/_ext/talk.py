"""Figures for a talk, drawn from the book's tables when it is built, as SVG and as PNG.

    :::{talk-figure} layers
    :expects: validity-finds-vgg16_bn-cka = holds
    CKA finds the same layer in another network
    :::

The sentence is drawn as the title of the picture, so that it travels with it. It is checked as a
finding is; in a study that differs the picture has no title.
"""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from finding import Guarded
from sphinx.util.osutil import relative_uri

from lib.analyses.talk.slides import SLIDES, described, slide, write_slide
from lib.book.report.results import Results, load_results, published_results

FOLDER, KINDS = "talk", ("svg", "png")
"""Where the pictures are, in what is built, and in which formats."""

CHAPTER = "converged"
"""Whose tables they show."""

load = cache(load_results)


class TalkFigure(Guarded):
    """A picture with its title, and where to get it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        name = self.arguments[0]
        if name not in SLIDES:
            raise self.error(f"{self.name}: expected {', '.join(SLIDES)}, got {name}")
        block, borne_out = self.block(), self.is_borne_out(self.expects())
        block["slide"] = name
        block["message"] = " ".join(self.content) if borne_out else ""
        return [block]


def draw(app: Any, doctree: nodes.document, page: str) -> None:
    """Draw the pictures of a page, and show them in place of their directives."""
    for block in list(doctree.findall(nodes.container)):
        if "slide" not in block:
            continue
        study: Results = load(Path(app.srcdir, published_results(CHAPTER)))
        figure = slide(block["slide"], block["message"], study)
        if figure is None or app.builder.format != "html":
            block.parent.remove(block)
            continue
        path = f"{FOLDER}/{block['slide']}"
        for kind in KINDS:
            write_slide(figure, Path(app.outdir, f"{path}.{kind}"))
        uri = relative_uri(app.builder.get_target_uri(page), path)
        alt = html.escape(f"{block['message']}. {described(figure)}".lstrip(". "))
        picture = f'<img src="{uri}.svg" alt="{alt}">'
        links = ", ".join(f'<a href="{uri}.{kind}" download>{kind.upper()}</a>' for kind in KINDS)
        text = f'<figure class="talk">{picture}<figcaption>{links}</figcaption></figure>'
        block.replace_self(nodes.raw("", text, format="html"))


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.setup_extension("finding")
    app.add_directive("talk-figure", TalkFigure)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
