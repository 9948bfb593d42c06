"""The book's own Sphinx extensions."""

import importlib.util
import re
from types import SimpleNamespace
from unittest.mock import Mock
from zipfile import ZipFile

import nbformat
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from lib.book.pages import LEFT_OUT
from lib.integrity import seal
from lib.repository import ROOT

from ..made_up import provenance


def extension(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def publish(folder, network="conv4", chapter="icpram2020", **changes):
    """The published results of an experiment, without tables."""
    where = folder / "results" / "chapters" / chapter / network
    where.mkdir(parents=True, exist_ok=True)
    seal(where, provenance(network) | changes)


def line_below_the_title(folder, page):
    section = nodes.section("", nodes.title("", "Title"), nodes.paragraph("", "first"))
    doctree = new_document("page")
    doctree += section
    extension("provenance_banner").say(SimpleNamespace(srcdir=folder), doctree, f"book/{page}")
    return section[1].astext()


def test_every_page_of_results_says_in_numbers_what_its_networks_were_trained_on(tmp_path):
    publish(tmp_path)
    finished = line_below_the_title(tmp_path, "icpram2020")
    assert "; 1,437 training images of digits; " in finished
    assert finished.endswith("; 1 network each")
    publish(tmp_path, missing=["conv4, train seed 0, prune seed 2"])
    assert "1 jobs of this study are not done" in line_below_the_title(tmp_path, "icpram2020")
    assert line_below_the_title(tmp_path, "run_it") == "first"


def test_the_first_page_names_the_pages_that_are_left_out(tmp_path):
    publish(tmp_path)
    for name, metadata in {"layers": {LEFT_OUT: "no"}, "methods": {}}.items():
        (tmp_path / "book").mkdir(exist_ok=True)
        page = nbformat.v4.new_notebook(metadata=metadata)
        nbformat.write(page, tmp_path / "book" / f"{name}.ipynb")
    assert line_below_the_title(tmp_path, "index").endswith("since they are not measured: layers")
    assert "left out" not in line_below_the_title(tmp_path, "icpram2020")


def test_a_page_names_both_of_its_networks_and_none_that_it_does_not_show(tmp_path):
    for name in ("vgg_svhn", "conv4"):
        publish(tmp_path, name, "out_of_sample")
    assert line_below_the_title(tmp_path, "which_metric").startswith("VGG_SVHN; 1,437 training")
    assert line_below_the_title(tmp_path, "contrast").startswith("VGG_SVHN and Conv-4; 1,437")


def test_on_paper_each_page_has_its_line_and_its_links_to_the_glossary(tmp_path):
    publish(tmp_path)
    book = new_document("book")
    for page in ("index", "icpram2020", "run_it"):
        part = addnodes.start_of_file(docname=f"book/{page}") if book.children else book
        title, text = nodes.title("", page), nodes.paragraph("", "A stranger and a stranger.")
        part += nodes.section("", title, text)
        if part is not book:
            other = new_document(page)  # Sphinx leaves it the parent
            other += part.children
            part.children = other.children
            book += part
    item = nodes.definition_list_item(
        "",
        nodes.term("", "stranger", ids=["stranger"]),
        nodes.definition("", nodes.paragraph("", "Another network.")),
    )
    glossary = new_document("book/look_up")
    glossary += nodes.definition_list("", item)
    app = SimpleNamespace(
        srcdir=tmp_path,
        env=Mock(get_doctree=Mock(return_value=glossary)),
        builder=SimpleNamespace(get_relative_uri=lambda page, to: f"#document-{to}"),
    )
    extension("glossary_links").link(app, book, "book/index")
    found = book.findall(nodes.reference)
    assert [link.parent.parent[0].astext() for link in found] == ["index", "icpram2020"]
    for study in ("converged", "by_recipe"):
        (tmp_path / "results" / "chapters" / study).mkdir()
    extension("provenance_banner").say(app, book, "book/index")
    lines = [p.parent[0].astext() for p in book.findall(nodes.paragraph) if p["classes"]]
    assert lines == ["icpram2020"]


def test_a_page_has_the_scripts_that_it_uses_and_no_head_or_label_without_words():
    own = SimpleNamespace(filename="_static/scripts/search.js", attributes={})
    remote = SimpleNamespace(filename="https://example.org/thebe/latest/lib/index.js")
    inline = SimpleNamespace(filename=None, attributes={"body": "const THEBE_JS_URL = '...'"})
    formulas = SimpleNamespace(filename="_static/mathjax/tex-chtml.js", attributes={})
    settings = SimpleNamespace(filename=None, attributes={"body": "window.MathJax = {}"})
    for body, used in {
        "<p>1</p>": [own],
        '<span class="math notranslate">1</span>': [own, formulas, settings],
        "<th></th><th>1</th>": [own],
    }.items():
        context = {"script_files": [own, remote, inline, formulas, settings], "body": body}
        extension("page_html").change(None, "page", "page.html", context, None)
        assert context["script_files"] == used
    assert context["body"] == "<td></td><th>1</th>"


def test_heads_of_pandas_stand_in_one_row():
    heads = "<thead><tr><th></th><th>Metric</th><th>CKA</th></tr>{}</thead>"
    for second, shown in {
        "<tr><th>Network</th><th>Trained</th><th></th></tr>": ["Network", "Trained", "CKA"],
        "<tr><th>Network</th><th></th><th>1</th></tr>": ["Metric", "CKA", "Network", "1"],
    }.items():
        context = {"body": heads.format(second)}
        extension("page_html").change(None, "page", "page.html", context, None)
        assert re.findall("<th>(.*?)</th>", context["body"]) == shown


def test_no_line_breaks_within_a_number_or_an_interval():
    texts = {
        "0.10 (\u22120.07 to +0.13), n = 3": "0.10 (\u22120.07~to~+0.13), n = 3",
        "10,000 to 40,000 images, 3 of 11 layers": "10,000 to 40,000 images, 3~of~11 layers",
        "95 % and 0.1 \u00b1 0.2": "95~% and 0.1~\u00b1~0.2",
    }
    paragraphs = [nodes.paragraph("", text) for text in texts]
    document = new_document("page")
    document += paragraphs
    extension("no_break").NoBreak(document).run()
    assert [p.astext().replace("\u00a0", "~") for p in paragraphs] == list(texts.values())


def test_a_figure_leads_to_its_notebook_and_to_the_published_tables(tmp_path):
    publish(tmp_path)
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), srcdir=tmp_path, outdir=tmp_path)
    ends = {}
    for page in ("icpram2020", "nano_imp", "run_it"):
        doctree = new_document("page")
        doctree += nodes.figure("", nodes.caption("", "Seen."))
        extension("figure_sources").add_links(app, doctree, f"book/{page}")
        links = doctree.findall(nodes.reference)
        ends[page] = doctree.astext(), [link["refuri"] for link in links]
    assert ends == {
        "icpram2020": (
            "Seen. Source: notebook, tables.",
            ["../_sources/book/icpram2020.ipynb", "../tables.zip"],
        ),
        "nano_imp": ("Seen. Source: notebook.", ["../_sources/book/nano_imp.ipynb"]),
        "run_it": ("Seen.", []),
    }
    extension("figure_sources").pack(app, None)
    with ZipFile(tmp_path / "tables.zip") as packed:
        assert packed.namelist() == ["results/chapters/icpram2020/conv4/provenance.json"]
