"""The check of built pages, on small pages that break each rule."""

import pytest

from lib.book.build import faults


@pytest.fixture
def book(tmp_path):
    """A book without faults: a page, a style sheet, a script."""
    html = tmp_path / "_build" / "html"
    (html / "book").mkdir(parents=True)
    (html / "_static").mkdir()
    (html / "_static" / "a.css").write_text("p { background: url(data:image/png;base64,AA) }")
    (html / "_static" / "a.js").write_text("// https://example.org/documentation")
    (html / "index.html").write_text('<a href="book/index.html">book</a>')
    page(html, "<p>0.93</p>")
    return html


def page(html, body):
    head = '<link rel="stylesheet" href="../_static/a.css?v=1"><script src="../_static/a.js">'
    text = f"<html><head>{head}</script></head><body>{body}</body></html>"
    (html / "book" / "accuracy.html").write_text(text)


def found(html):
    return list(faults(html))


def test_a_book_without_faults(book):
    assert found(book) == []


def test_a_link_to_another_host_is_no_fault(book):
    page(book, '<a href="https://example.org">there</a>')
    assert found(book) == []


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ('<script src="https://example.org/a.js"></script>', "script"),
        ('<script src="//example.org/a.js"></script>', "script"),
        ('<script>import("https://example.org/a.js")</script>', "script"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "link"),
        ('<img src="http://example.org/a.png">', "img"),
        ('<img srcset="https://example.org/a.png 2x">', "img"),
        ('<iframe src="https://example.org"></iframe>', "iframe"),
        ("<style>@font-face { src: url('https://example.org/a.woff') }</style>", "style style"),
        ('<p style="background: url(https://example.org/a.png)">a</p>', "p style"),
    ],
)
def test_whatever_a_browser_would_load_from_another_host_is_a_fault(book, element, kind):
    page(book, element)
    assert len(found(book)) == 1
    assert found(book)[0].startswith(f"book/accuracy.html: <{kind}> loads ")
    assert found(book)[0].endswith(" from another host")


def test_a_style_sheet_that_loads_from_another_host_is_a_fault(book):
    (book / "_static" / "a.css").write_text('@import "https://example.org/font.css";')
    text = "_static/a.css: loads https://example.org/font.css from another host"
    assert found(book) == [text]


def test_a_picture_that_is_not_there_is_a_fault(book):
    page(book, '<img src="../_images/gone.svg">')
    assert found(book) == [
        "book/accuracy.html: <img> loads ../_images/gone.svg, which is not there"
    ]
