"""The book's own Sphinx extensions."""

import importlib.util
import re
from types import SimpleNamespace

import nbformat
from docutils import nodes
from docutils.utils import new_document

from lib import ROOT
from lib.integrity import seal

from ..made_up import provenance


def extension(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def line_below_the_title(folder, page):
    section = nodes.section("", nodes.title("", "Title"), nodes.paragraph("", "first"))
    doctree = new_document("page")
    doctree += section
    extension("provenance_banner").say(SimpleNamespace(srcdir=folder), doctree, f"book/{page}")
    return section[1].astext()


def test_every_page_of_results_says_in_numbers_what_its_networks_were_trained_on(tmp_path):
    study = provenance("vgg_svhn")
    where = tmp_path / "results" / "chapters" / "icpram2020" / "vgg_svhn"
    where.mkdir(parents=True)
    seal(where, study)
    finished = line_below_the_title(tmp_path, "icpram2020")
    assert "; 1,437 training images; " in finished
    assert finished.endswith("; 7 prunings; 1 network each")
    seal(where, study | {"missing": ["vgg_svhn, train seed 0, prune seed 2"]})
    assert "1 jobs of this study are not done" in line_below_the_title(tmp_path, "icpram2020")
    assert line_below_the_title(tmp_path, "run_it") == "first"


def test_a_page_on_two_networks_names_both(tmp_path):
    for name in ("vgg_svhn", "vgg16_bn"):
        where = tmp_path / "results" / "chapters" / "by_recipe" / name
        where.mkdir(parents=True)
        seal(where, provenance(name))
    line = line_below_the_title(tmp_path, "methods")
    assert line.startswith("VGG16_BN and VGG_SVHN; 1,437 training images")


def test_the_script_of_another_host_is_dropped_and_the_others_stay():
    own = SimpleNamespace(filename="_static/scripts/search.js", attributes={})
    remote = SimpleNamespace(filename="https://example.org/thebe/latest/lib/index.js")
    inline = SimpleNamespace(filename=None, attributes={"body": "const THEBE_JS_URL = '...'"})
    context = {"script_files": [own, remote, inline]}
    extension("offline").drop_thebe(None, "page", "page.html", context, None)
    assert context["script_files"] == [own]


def test_a_downloaded_notebook_has_its_numbers_in_the_text():
    notebook = nbformat.read(ROOT / "book" / "index.ipynb", as_version=4)
    text = "\n".join(
        cell.source
        for cell in extension("filled_notebooks").filled(notebook).cells
        if cell.cell_type == "markdown"
    )
    assert "{glue" not in text
    assert re.search(r"between 0\.\d\d and 0\.\d\d\. Ask", " ".join(text.split()))
    assert re.search(r"^\*Rests on \d+ claims\*$", text, re.MULTILINE)
