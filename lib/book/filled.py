"""An executed page with its numbers and its links in the text, so that they show wherever it opens.

A forge, an editor or a plain Jupyter shows neither what `{glue}` stands for, nor where `{doc}` and
`{ref}` lead, nor whom `{cite}` names.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from pybtex.database.input.bibtex import Parser

RECORD = "application/papermill.record/text/"
_TEXT = re.compile(r"\{glue:text\}`([\w-]+)(?::\w*)?`")
_BLOCK = re.compile(r"```\{glue\} ([\w-]+)\n```")
_PAGE = re.compile(r"\{doc\}`(\w+)`")
_SECTION = re.compile(r"\{ref\}`([^`<]+?)(?:\s<([\w-]+)>)?`")
_CITE = re.compile(r"\{(cite(?::t)?)\}`([\w,]+)`")
_LABEL = re.compile(r"^\(([\w-]+)\)=\n#+ (.+)$", re.MULTILINE)


def filled(notebook: nbformat.NotebookNode, root: Path) -> nbformat.NotebookNode:
    """Put into the Markdown of a notebook what it glued, and links in place of roles.

    Args:
        notebook: changed in place.
        root: of the repository, whose pages have the titles of the links.

    Raises:
        ValueError: a name that is glued nowhere, or a page or section that does not exist.
    """
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    data = {
        output.metadata["scrapbook"]["name"]: output.data
        for output in outputs
        if f"{RECORD}plain" in output.get("data", {})
    }
    texts = {name: value[f"{RECORD}plain"].strip("'\"") for name, value in data.items()}
    marks = {name: value.get(f"{RECORD}html", texts[name]) for name, value in data.items()}
    pages, sections = titles(root)
    works = cited(root)

    def one(name: str, known: Mapping[str, Any]) -> Any:
        if name not in known:
            raise ValueError(f"nothing is named {name!r}, which the page's text names")
        return known[name]

    def section(role: re.Match[str]) -> str:
        text, label = role.groups()
        return f"[{text if label else one(text, sections)}](#{label or text})"

    def citation(role: re.Match[str]) -> str:
        # with the role in its address, from which `book/_ext/citations.py` restores it
        if role[1] == "cite:t":
            text = "{} ({})".format(*one(role[2], works))
        else:
            named = (", ".join(one(key, works)) for key in role[2].split(","))
            text = f"({'; '.join(named)})"
        return f"[{text}](references.bib#{role[1]}:{role[2]})"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = _TEXT.sub(lambda role: one(role[1], texts), cell.source)
            source = _BLOCK.sub(lambda block: one(block[1], marks), source)
            source = _PAGE.sub(lambda role: one(role[1], pages), source)
            source = _SECTION.sub(section, source)
            cell.source = _CITE.sub(citation, source)
    return notebook


def titles(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """{page: its title, as a link} and {label: the title of its section}, of the whole book."""
    texts = {file.name: file.read_text("utf-8") for file in root.glob("book/*.md")}
    for file in root.glob("notebooks/*/page.py"):
        markdown = re.sub(r"^# ?", "", file.read_text("utf-8"), flags=re.MULTILINE)
        texts[f"{file.parent.name}.ipynb"] = markdown
    titles_of = {name: re.search(r"^# (.+)$", text, re.MULTILINE) for name, text in texts.items()}
    pages = {
        name.partition(".")[0]: f"[{title[1]}]({name})"
        for name, title in titles_of.items()
        if title
    }
    return pages, {label: title for text in texts.values() for label, title in _LABEL.findall(text)}


def cited(root: Path) -> dict[str, tuple[str, str]]:
    """{key: authors and year} of the works in the bibliography, such as `Raghu et al.`, `2017`."""
    works = {}
    for key, work in Parser().parse_file(root / "book" / "references.bib").entries.items():
        people = work.persons["author"]
        names = [" ".join(map(str, x.rich_prelast_names + x.rich_last_names)) for x in people]
        authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
        works[key] = authors, work.fields["year"]
    return works
