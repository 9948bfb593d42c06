"""The section notebooks: functions of a results folder, and of nothing else."""

import shutil

import jupytext
import nbformat
import pytest
from bs4 import BeautifulSoup

from lib.book.build import build
from lib.book.execute import declared_parameters, execute
from lib.book.pages import CHAPTERS, folder_parameter, own_pages, stage
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.results import FULL_SCALE, Results, load_results, published_results
from lib.book.sealed_page import seal_page
from lib.integrity import load_json, seal

from ...pages import as_html, run_page
from .made_up import CONVERGED, PAGES, TRAINED_TO_THE_END, save_rows, write_results

MARKUP = (
    '# <script>alert(1)</script> "><img src=x onerror=alert(1)> [x](javascript:alert(1)) '
    "{raw}`html <b>` $\\href{x}{y}$ **b** __b__ _b_ | &lt; ~~b~~ {{ b }} <http://b.de> 1."
)
LOOKED_UP = ("base", "probe_split", "name", "value", "profile", "chapter")
LOOKED_UP += ("experiment", "analysis", "model")
"""Fields of a provenance whose texts have to be what pages look for."""

FRONT_PAGE = "index"
"""It rests on slim and on wide networks, so its study has both under their own names."""


def with_markup(value):
    """A part of a provenance with markup after each of its texts."""
    if isinstance(value, dict):
        return {k: v if k in LOOKED_UP else with_markup(v) for k, v in value.items()}
    if isinstance(value, list):
        return [with_markup(item) for item in value]
    return value + MARKUP if isinstance(value, str) else value


def with_marks(folder, marked):
    """A copy of results, with markup in its provenance and after the names of its layers."""
    shutil.copytree(folder, marked)
    for part in marked.iterdir():
        provenance = load_json(part / "provenance.json")
        for setting in provenance["experiments"].values():
            setting["hyperparameters"][1]["value"] = MARKUP
        seal(part, with_markup(provenance))
    rows = load_results(folder).similarity
    save_rows(marked, "similarity", rows.assign(layer=rows.layer + MARKUP))
    return marked


@pytest.fixture(scope="module")
def marked(folder, tmp_path_factory):
    """Results of the main study with markup."""
    return with_marks(folder, tmp_path_factory.mktemp("marked") / "results")


@pytest.fixture(scope="module")
def marked_converged(tmp_path_factory):
    """Results with markup of the chapter whose networks were trained to the end."""
    parent = tmp_path_factory.mktemp("marked converged")
    plain = write_results(parent / "plain", networks=TRAINED_TO_THE_END, chapter=CONVERGED)
    return with_marks(plain, parent / "results")


def assert_texts_only(html):
    """Markup of the results is there, is shown in its full length, and has no effect."""
    page = BeautifulSoup(html, "html.parser")
    assert not page.select("[onerror], [src=x], [href*=javascript], [href*='b.de']")
    assert "alert" not in "".join(map(str, page.select("script")))
    text = page.get_text().translate({0x201C: '"', 0x201D: '"'})
    assert text.count("alert") == 3 * text.count(MARKUP) > 0


@pytest.mark.parametrize("name", PAGES)
def test_the_only_parameters_are_results_folders_and_what_tells_pages_apart(name):
    page = PAGES[name]
    declared = declared_parameters(jupytext.read(page.source))
    folders = {key: value for key, value in declared.items() if key not in page.parameters}
    known = {"results": "results", "full_scale": "results/full_scale"}
    known |= {chapter: f"results/chapters/{chapter}" for chapter in CHAPTERS}
    if name in own_pages(CONVERGED):
        known["results"] = known[CONVERGED]
    assert "results" in folders
    assert folders.items() <= known.items()


@pytest.mark.parametrize("name", PAGES)
def test_a_section_runs_on_any_results_folder_and_shows_its_texts_as_text(name, marked, capsys):
    page = run_page(name, marked, full_scale=marked, converged=marked)
    assert page["study"].folder == marked
    assert capsys.readouterr().err == ""
    assert_texts_only(as_html(page["displayed"]))


# all pages are made of the tables of the chapter itself in tests/test_whole_chapters.py
@pytest.mark.parametrize("name", [FRONT_PAGE, "resnet_fast"])
def test_a_section_shows_networks_trained_to_the_end_by_the_names_of_the_paper(
    name, marked, marked_converged, capsys
):
    own = folder_parameter(name, CONVERGED) == "results"
    page = run_page(name, marked_converged if own else marked, converged=marked_converged)
    read = [value for value in page.values() if isinstance(value, Results)]
    assert marked_converged in {study.folder for study in read}
    # other chapters and the paper's recipe are not made up
    given = {marked_converged, published_results(FULL_SCALE)}
    given |= {marked} if not own else set()
    assert {study.folder for study in read} <= given
    if name == FRONT_PAGE:
        assert set(page["study"].experiments) == set(TRAINED_TO_THE_END)
    else:
        assert set(page["study"].experiments) <= set(PAPER_NETWORKS)
    assert capsys.readouterr().err == ""
    assert_texts_only(as_html(page["displayed"]))


def test_two_executions_are_byte_identical_and_built_without_effects_of_markup(marked, tmp_path):
    page = PAGES["resnet_fast"]
    targets = [tmp_path / "book" / f"{name}.ipynb" for name in ("page", "again")]
    for target in targets:
        execute(page.source, target, {"results": str(marked), **page.parameters})
    assert targets[0].read_bytes() == targets[1].read_bytes()
    notebook = nbformat.read(targets[0], as_version=4)
    # without prose, which refers to other pages
    notebook.cells[1:] = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells[0].source = "# Page"
    seal_page(notebook, targets[0])
    stage(marked, tmp_path, ["page"])
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/page")
    html = build(tmp_path).with_name("book") / "page.html"
    assert_texts_only(html.read_text(encoding="utf-8"))
