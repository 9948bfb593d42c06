"""The check of built pages, on small pages that break each rule."""

import pytest

from lib.book.check import faults, main

TOC = """
format: jb-book
root: book/index
parts:
  - caption: Results
    chapters:
      - file: book/accuracy
        sections:
          - file: book/more
"""
CELL = '<div class="cell {tags} docutils container"><div class="cell_output">{output}</div></div>'
GOOD = CELL.format(tags="tag_hide-input", output="<p>0.93</p>")


@pytest.fixture
def book(tmp_path):
    """A book without faults: three pages, a style sheet, a script."""
    html = tmp_path / "_build" / "html"
    (html / "book").mkdir(parents=True)
    (html / "_static").mkdir()
    (html / "_static" / "a.css").write_text("p { background: url(data:image/png;base64,AA) }")
    (html / "_static" / "a.js").write_text("// https://example.org/documentation")
    (tmp_path / "_toc.yml").write_text(TOC)
    (html / "index.html").write_text('<a href="book/index.html">book</a>')
    for name in ("index", "accuracy", "more"):
        page(html, GOOD, name)
    return html


def page(html, body, name="accuracy"):
    head = '<link rel="stylesheet" href="../_static/a.css?v=1"><script src="../_static/a.js">'
    text = f"<html><head>{head}</script></head><body>{body}</body></html>"
    (html / "book" / f"{name}.html").write_text(text)


def found(html):
    return list(faults(html, html / ".." / ".." / "_toc.yml"))


def test_a_book_without_faults(book, capsys):
    assert found(book) == []
    assert main([str(book)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.org">there</a>',
        '<div class="cell docutils"><div class="cell_input">x = 1</div></div>',
        CELL.format(tags="tag_hide-input", output='<svg><path d="M0 0"/></svg>'),
    ],
    ids=["a link to another host", "shown code without output", "a picture as output"],
)
def test_what_is_no_fault(book, body):
    page(book, GOOD + body)
    assert found(book) == []


def test_a_missing_page_is_a_fault_that_the_command_prints(book, capsys):
    (book / "book" / "more.html").unlink()
    fault = "book/more.html is missing, although _toc.yml lists book/more"
    assert found(book) == [fault]
    assert main([str(book)]) == 1
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mark", "name"), [("traceback", "a traceback"), ("stderr", "an error stream")]
)
def test_a_failed_cell_is_a_fault(book, mark, name):
    page(book, CELL.format(tags="", output=f'<div class="output {mark}">Trouble</div>'))
    assert found(book) == [f"book/accuracy.html: a cell shows {name}"]


@pytest.mark.parametrize("tag", ["tag_hide-input", "tag_remove-input"])
@pytest.mark.parametrize("output", ["", " \n "])
def test_a_cell_whose_code_is_hidden_must_show_something(book, tag, output):
    page(book, GOOD + CELL.format(tags=tag, output=output))
    message = "code cell 2 of 2 should show a result, but shows nothing"
    assert found(book) == [f"book/accuracy.html: {message}"]


def test_a_notebook_that_was_not_executed_is_a_fault(book):
    page(book, '<div class="cell docutils"><div class="cell_input">figure()</div></div>')
    text = "no cell has an output: the notebook was not executed"
    assert found(book) == [f"book/accuracy.html: {text}"]


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


def test_the_command_without_a_book_says_how_to_build_one(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "`make book`" in capsys.readouterr().err
