"""A sentence is shown while what it expects is what the pages recorded, and not otherwise."""

import io
import shutil
import warnings
from contextlib import redirect_stderr

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.cmd.build import build_main

from lib import ROOT
from lib.book import findings
from lib.book.claims.engine import Claim, Finding, Outcome, Rule
from lib.book.claims.quantity import Quantity
from lib.book.execute import execute
from lib.book.findings import (
    GLUE_PREFIX,
    MIME_TYPE,
    Decided,
    compared,
    expectations,
    record,
    record_claims,
    recorded,
)
from lib.book.report.statistics import Interval
from lib.book.sealed_page import seal_page

CONFIGURATION = """
extensions = ["myst_nb", "finding"]
myst_enable_extensions = ["colon_fence"]
nb_execution_mode = "off"
html_theme = "basic"
"""

INDEX = """# Book

```{toctree}
book/measured
book/conclusions
```
"""

MEASURED = """# %% [markdown]
# # Measured

# %%
from lib.book.findings import Decided, record
from lib.book.report.page import glue

glue(distance="0.02")
record(
    Decided("measured-svcca", "SVCCA, pruned minus trained on", "0.02 (0.01 to 0.03)", "holds"),
    Decided("measured-cka", "CKA, pruned minus trained on", "0.00 (-0.01 to 0.01)", "undecided"),
)

# %% [markdown]
# :::{finding}
# :expects: measured-svcca = holds
# Pruning moves the layers: SVCCA differs by {glue:text}`distance:s`.
# :::
"""

CONCLUSIONS = """# Conclusions

:::{finding}
:expects: measured-svcca = holds; measured-cka = undecided
All layers **move**, by {glue:text}`measured.ipynb::distance:s`.
:::
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """An executed page."""
    source = tmp_path_factory.mktemp("notebooks") / "measured.py"
    source.write_text(MEASURED)
    execute(source, source.with_suffix(".ipynb"), {})
    return source.with_suffix(".ipynb")


@pytest.fixture
def book(tmp_path, measured, monkeypatch):
    """A small book, with the extension among what can be imported."""
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    source = tmp_path / "source"
    (source / "book").mkdir(parents=True)
    (source / "conf.py").write_text(CONFIGURATION)
    (source / "index.md").write_text(INDEX)
    (source / "book" / "conclusions.md").write_text(CONCLUSIONS)
    shutil.copyfile(measured, source / "book" / "measured.ipynb")
    return source


def decide(book, verdict):
    """The page of measurements as if the first had come out otherwise."""
    file = book / "book" / "measured.ipynb"
    notebook = nbformat.read(file, as_version=4)
    for output in notebook.cells[1].outputs:
        for comparison in output.data.get(GLUE_PREFIX + MIME_TYPE, [])[:1]:
            comparison["verdict"] = verdict
    seal_page(notebook, file)


def build(book, *options):
    """The exit status of Sphinx, and what it says on standard error; warnings are errors."""
    said = io.StringIO()
    with redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Sphinx's dependencies
        options = ["-q", "-W", "--keep-going", *options]
        status = build_main([*options, str(book), str(book.with_name("html"))])
    return status, said.getvalue()


def page(book, name):
    html = book.with_name("html").joinpath("book", f"{name}.html").read_text()
    return BeautifulSoup(html, "html.parser")


def test_a_finding_that_holds_is_shown_with_its_numbers_and_nothing_else_is(book):
    assert build(book) == (0, "")
    [own] = page(book, "measured").select("div.finding")
    assert own.get_text().strip() == "Pruning moves the layers: SVCCA differs by 0.02."
    [other] = page(book, "conclusions").select("div.finding")
    assert other.get_text().strip() == "All layers move, by 0.02."
    assert other.select("strong")
    assert not page(book, "measured").select("div.cell_output")


def test_a_finding_that_does_not_hold_stops_the_published_book_even_of_pages_unchanged(book):
    assert build(book) == (0, "")
    decide(book, "does not hold")
    for _ in range(2):
        status, said = build(book)
        assert status
        assert (
            'book/conclusions: "All layers **move**, by {glue:text}`measured.ipynb::distance:s`." '
            "expects measured-svcca = holds, but found is does not hold (0.02 (0.01 to 0.03); "
            "recorded by measured.ipynb)." in said
        )
        assert 'book/measured: "Pruning moves the layers' in said
        assert "expects measured-cka" not in said
    decide(book, "holds")
    assert build(book) == (0, "")


def test_a_study_of_its_own_shows_the_comparisons_instead(book):
    decide(book, "does not hold")
    assert build(book, "-D", "own_study=1") == (0, "")
    [block] = page(book, "conclusions").select("div.finding")
    assert "All layers" not in block.get_text()
    rows = block.select("tbody tr")
    assert [[cell.get_text(strip=True) for cell in row.select("td")] for row in rows] == [
        ["SVCCA, pruned minus trained on", "0.02 (0.01 to 0.03)", "does not hold"],
        ["CKA, pruned minus trained on", "0.00 (-0.01 to 0.01)", "undecided"],
    ]
    decide(book, "holds")
    assert build(book, "-D", "own_study=1") == (0, "")
    assert "All layers move" in page(book, "conclusions").select_one("div.finding").get_text()


def test_a_key_that_no_page_recorded(book):
    (book / "book" / "measured.ipynb").unlink()
    (book / "book" / "measured.md").write_text("# Measured\n\nNothing.\n")
    (book / "book" / "conclusions.md").write_text(CONCLUSIONS.partition("All")[0] + "Yes.\n:::\n")
    status, said = build(book)
    assert status
    assert '"Yes." expects measured-svcca = holds, but no page has recorded this key.' in said
    assert build(book, "-D", "own_study=1") == (0, "")
    rows = page(book, "conclusions").select("div.finding tbody tr")
    assert [row.get_text(" ", strip=True) for row in rows] == [
        "measured-svcca not measured",
        "measured-cka not measured",
    ]


def test_pages_that_disagree_about_a_key_stop_the_published_book(book):
    file = book / "book" / "measured.ipynb"
    (book / "book" / "again.ipynb").write_bytes(file.read_bytes())
    assert len(recorded(book / "book")["measured-svcca"]) == 1
    decide(book, "does not hold")
    status, said = build(book)
    assert status
    assert "measured-svcca is recorded with different contents, by again.ipynb, measured." in said


def test_keys_that_differ_in_a_part_are_written_as_one():
    expected = expectations("{a,b}-{1,2} = holds; c = undecided; d-{3} = closer")
    assert expected == dict.fromkeys(("a-1", "a-2", "b-1", "b-2"), "holds") | {
        "c": "undecided",
        "d-3": "closer",
    }


@pytest.mark.parametrize(
    ("expects", "message"),
    [
        (":expects: measured-svcca", "expected 'key = verdict; key = verdict', got"),
        (":expects: measured-svcca =", "expected 'key = verdict; key = verdict', got"),
        (":expects: a = b, c = d", "expected 'key = verdict; key = verdict', got"),
        (":expects: a-{b,c = d", "expected 'key = verdict; key = verdict', got"),
        (":expects: a = b; a = c", "a is expected twice"),
        (":expects: a-{b,c} = d; a-c = d", "a-c is expected twice"),
        (":expects: ;", "a finding names what it expects"),
        ("", "a finding names what it expects"),
    ],
)
def test_expectations_that_cannot_be_read_are_an_error_in_every_book(book, expects, message):
    text = f"# Conclusions\n\n:::{{finding}}\n{expects}\n\nAll layers move.\n:::\n"
    (book / "book" / "conclusions.md").write_text(text)
    status, said = build(book, "-D", "own_study=1")
    assert status
    assert "conclusions.md:3" in said
    assert message in said


TITLE = """
:::{figure-title} fig-drawn
:expects: measured-svcca = holds
Pruning moves the layers by {glue:text}`distance:s`
:::
"""


def draw(book, title):
    """A figure on the page of measurements, and a title after it."""
    file = book / "book" / "measured.ipynb"
    notebook = nbformat.read(file, as_version=4)
    figure = {"figure": {"name": "fig-drawn", "caption": "A caption."}}
    output = nbformat.v4.new_output("display_data", {"text/html": "<b>drawn</b>"})
    cell = nbformat.v4.new_code_cell("draw()", metadata={"mystnb": figure}, outputs=[output])
    notebook.cells += [cell, nbformat.v4.new_markdown_cell(title)]
    seal_page(notebook, file)


def test_a_title_stands_at_the_top_of_its_figure_wherever_it_is_written(book):
    draw(book, TITLE)
    assert build(book) == (0, "")
    [figure] = page(book, "measured").select("figure#fig-drawn")
    words = figure.get_text(" ", strip=True)
    assert words.startswith("Pruning moves the layers by 0.02 drawn"), words
    assert len(page(book, "measured").select("div.figure-title")) == 1


def test_a_title_that_is_not_borne_out_stops_the_book_and_is_left_out_of_a_study_of_its_own(book):
    draw(book, TITLE)
    decide(book, "does not hold")
    status, said = build(book)
    assert status
    assert 'Pruning moves the layers by {glue:text}`distance:s`" expects measured-svcca' in said
    assert build(book, "-D", "own_study=1") == (0, "")
    assert page(book, "measured").select("figure#fig-drawn")
    assert not page(book, "measured").select("div.figure-title")


def test_a_title_that_says_no_result_expects_nothing(book):
    draw(book, TITLE.replace(":expects: measured-svcca = holds\n", ""))
    decide(book, "does not hold")
    assert build(book, "-D", "own_study=1") == (0, "")
    assert page(book, "measured").select("figure#fig-drawn div.figure-title")


def test_a_title_of_no_figure_is_named(book):
    draw(book, TITLE.replace("fig-drawn", "fig-draw"))
    status, said = build(book)
    assert status
    assert "this page has no figure 'fig-draw' to put a title on" in said


def test_expectations_may_take_several_lines(book):
    text = CONCLUSIONS.replace("holds; ", "holds;\n:         ")
    assert text.count("\n") == CONCLUSIONS.count("\n") + 1
    (book / "book" / "conclusions.md").write_text(text)
    assert build(book) == (0, "")
    assert page(book, "conclusions").select("div.finding strong")


def test_expectations_are_read_by_key():
    text = "a-b = holds; c = undecided (too few networks);"
    assert expectations(text) == {"a-b": "holds", "c": "undecided (too few networks)"}


def test_a_comparison_that_no_sentence_could_expect_is_refused():
    with pytest.raises(ValueError, match="a key has no blanks, ';', '=', ',' or braces, got 'a b'"):
        Decided("a b", "", "", "holds")
    with pytest.raises(ValueError, match="or braces, got 'a-{b}'"):
        Decided("a-{b}", "", "", "holds")
    with pytest.raises(ValueError, match="a needs a verdict without ';', got ''"):
        Decided("a", "", "", "")
    one = Decided("a", "", "", "holds")
    with pytest.raises(ValueError, match="recorded twice: a;"):
        record(one, one)


@pytest.fixture
def displayed(monkeypatch) -> list[dict]:
    """What a page would keep in its outputs, whether or not a shell of IPython runs here."""
    outputs = []
    monkeypatch.setattr(findings, "display", lambda output, **_: outputs.append(output))
    return outputs


def test_a_comparison_has_its_interval_and_its_number_of_networks(displayed):
    decided = compared("a", "SVCCA", Interval(0.1, 0.05, 0.15, 3), "further")
    assert decided.measured == "0.100 (0.050 to 0.150), 3 complete networks"
    record(decided)
    (output,) = displayed
    (kept,) = output[GLUE_PREFIX + MIME_TYPE]
    assert kept["verdict"] == "further"


def test_a_claim_is_recorded_under_its_key_with_its_verdict(displayed):
    rule = Rule(Quantity("accuracy", None), above=0.5)
    claim = Claim("falls", "Accuracy stays {bound}.", "5.1", "accuracy", (rule,))
    outcome = Outcome(claim, (Finding(rule, "not measured", missing="no experiment x"),))
    record_claims([outcome])
    (output,) = displayed
    (kept,) = output[GLUE_PREFIX + MIME_TYPE]
    assert kept == {
        "key": "falls",
        "words": "Accuracy stays above 0.5.",
        "measured": "no experiment x",
        "verdict": "not measured",
    }
    record_claims([])
    assert len(displayed) == 1
    record_claims([outcome], prefix="ended-")
    [again] = displayed[1][GLUE_PREFIX + MIME_TYPE]
    assert again == kept | {"key": "ended-falls"}
