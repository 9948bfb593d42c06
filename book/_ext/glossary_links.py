"""The first use of a word of the glossary leads to it, on every page that shows results."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

from lib.book.pages import notebook_pages

GLOSSARY = "book/look_up"
PAGES = {page.name for page in notebook_pages()}
NOT_WITHIN = (nodes.reference, nodes.literal, nodes.title, nodes.math, nodes.raw)


@cache  # the same for all pages of a build
def terms(env: Any) -> dict[str, tuple[str, str]]:
    """{term in lower case: its anchor, what it means in one sentence}."""
    found = {}
    for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        meaning = first_sentence(item.next_node(nodes.definition))
        anchor = item.next_node(nodes.term)["ids"][0]  # of several words, the first
        for term in item.findall(nodes.term):
            found[term.astext().lower()] = (anchor, meaning)
    return found


def first_sentence(definition: nodes.definition) -> str:
    """What a word means, without citations and links to pages.

    These are resolved later: until then their text is a key of the bibliography, or a file's name.
    """
    text = definition.deepcopy()
    for link in list(text.findall(addnodes.pending_xref)):
        names_a_page = link["reftype"] in ("doc", "ref") and not link["refexplicit"]
        if link["refdomain"] == "cite" or names_a_page:
            link.parent.remove(link)
    words = " ".join(text.astext().split()).replace(r"\times", "\u00d7")
    words = re.sub(r" ?\([ ,;]*\)", "", words)  # around nothing but links
    words = re.sub(r" ([,.:;)])", r"\1", words)
    return words.partition(". ")[0].rstrip(".") + "."


def link(app: Any, doctree: Any, page: str) -> None:
    """Turn the first use of each term in the running text into a link with its meaning."""
    known, used = terms(app.env), set()
    words = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    pattern = re.compile(rf"\b({words})s?\b", re.IGNORECASE)
    for text in list(doctree.findall()):
        if isinstance(text, addnodes.start_of_file):  # on paper, all pages are in one
            page = text["docname"]
        if not isinstance(text, nodes.Text) or Path(page).name not in PAGES:
            continue
        above = text.parent
        while above is not None and not isinstance(above, (nodes.paragraph, *NOT_WITHIN)):
            above = above.parent
        # a container with a figure is its title
        if not isinstance(above, nodes.paragraph) or above.parent.get("figure"):
            continue
        pieces, end = [], 0
        for match in pattern.finditer(text):
            anchor, meaning = known[match[1].lower()]
            if (page, anchor) not in used:
                used.add((page, anchor))
                uri = app.builder.get_relative_uri(page, GLOSSARY).partition("#")[0] + f"#{anchor}"
                look = {"reftitle": meaning, "classes": ["term"]}
                link = nodes.reference("", match[0], refuri=uri, internal=True, **look)
                pieces += [nodes.Text(text[end : match.start()]), link]
                end = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def setup(app: Any) -> dict[str, bool]:
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
