"""What a benchmark writes on a page of the book: tables between markers, and numbers in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def put(page: str, parts: Mapping[str, str], by: str) -> str:
    """The page with each part between its markers.

    Args:
        page: Markdown, with the lines `<!-- name: by -->` and `<!-- end of name -->`.
        parts: name -> what is to stand between them.
        by: the module that writes it, as readers find it.

    Raises:
        ValueError: the page lacks a marker.
    """
    for name, part in parts.items():
        begin, end = f"<!-- {name}: {by} -->", f"<!-- end of {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page must have the lines {begin} and {end} once each")
        head, rest = page.split(begin)
        page = f"{head}{begin}\n{part}\n{end}{rest.split(end)[1]}"
    return page


def table(header: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A table of texts; so many columns of words to the left, the others to the right."""
    lines = [header, [*["---"] * words, *["---:"] * (len(header) - words)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float) -> str:
    """Two digits, or all of a whole number."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.2g}"
