"""The book's own Sphinx extensions."""

import importlib.util
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from lib import ROOT
from lib.integrity import seal

from .report.made_up import parts_of, provenance

UNFINISHED = "9 of 10 jobs of this study are done."


def extension(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder, study):
    """The provenance of each experiment of a study, without tables."""
    for name, part in parts_of(study).items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        seal(folder / name, part)


def announcement(folder):
    config = SimpleNamespace(html_theme_options={"show_toc_level": 2})
    extension("provenance_banner").add_banner(SimpleNamespace(srcdir=folder), config)
    assert config.html_theme_options["show_toc_level"] == 2
    return BeautifulSoup(config.html_theme_options["announcement"], "html.parser").get_text()


def test_every_page_says_where_its_numbers_come_from(tmp_path):
    study = provenance(iterations=5, prune_seeds=2)
    write(tmp_path / "results", study)
    finished = announcement(tmp_path)
    assert finished.startswith("Scaled-down run on small")
    assert finished.endswith(", 1 complete network each, 5 iterations of pruning.")
    write(tmp_path / "results", study | {"missing": ["vgg_svhn, train seed 0, prune seed 2"]})
    assert announcement(tmp_path) == f"{UNFINISHED} {finished}"


def test_the_page_of_a_chapter_names_its_own_study(tmp_path):
    study = provenance(iterations=7, prune_seeds=2)
    write(tmp_path / "results" / "chapters" / "icpram2020", study)
    app = SimpleNamespace(srcdir=tmp_path, config=SimpleNamespace(own_study=False))
    context = {"theme_announcement": "of the main study"}
    module = extension("provenance_banner")
    module.of_chapter(app, "book/accuracy", "", context, None)
    assert context == {"theme_announcement": "of the main study"}
    module.of_chapter(app, "book/icpram2020", "", context, None)
    assert "7 iterations of pruning." in context["theme_announcement"]


@pytest.mark.parametrize(
    ("page", "own_study", "iterations"),
    [
        ("vgg16_bn", False, "3 iterations"),
        ("vgg16_bn", True, "20 iterations"),
        ("converged", True, "3 iterations"),
        ("validity", False, "3 iterations"),
        ("index", False, "3 iterations"),
        ("index", True, "3 to 20 iterations"),
        ("robustness", False, "3 to 9 iterations"),
        ("which_metric", False, "3 iterations"),
        ("accuracy", False, "3 iterations"),
        ("accuracy", True, "20 iterations"),
        ("prunings", False, "20 iterations"),
    ],
)
def test_a_page_names_all_studies_that_it_shows(tmp_path, page, own_study, iterations):
    of = {"": 20, "chapters/converged": 3}
    of |= {"chapters/width_and_length": 9}
    for place, number in of.items():
        study = provenance(iterations=number, prune_seeds=2)
        study["experiments"] = {
            f"{name}_{number}": settings | {"base": f"{name}_{number}"}
            for name, settings in study["experiments"].items()
        }
        write(tmp_path / "results" / place, study)
    module, config = extension("provenance_banner"), SimpleNamespace(html_theme_options={})
    app = SimpleNamespace(srcdir=tmp_path, config=SimpleNamespace(own_study=own_study))
    module.add_banner(app, config)
    context = {"theme_announcement": config.html_theme_options["announcement"]}
    module.of_chapter(app, f"book/{page}", "", context, None)
    assert f" {iterations} of pruning." in context["theme_announcement"]


@pytest.mark.parametrize("page", ["what_a_value_means", "your_own"])
def test_a_page_that_shows_no_study_has_no_line_about_one(page):
    context = {"theme_announcement": "of the main study"}
    extension("provenance_banner").of_chapter(None, f"book/{page}", "", context, None)
    assert context == {"theme_announcement": ""}


def test_a_book_without_provenance_is_not_built(tmp_path):
    with pytest.raises(
        ExtensionError, match=r"results has no folder of an experiment.*`make book`"
    ):
        announcement(tmp_path)


@pytest.mark.parametrize("text", ["{", "{}"])
def test_a_provenance_that_cannot_be_read_is_an_error(tmp_path, text):
    (tmp_path / "results" / "vgg_svhn").mkdir(parents=True)
    (tmp_path / "results" / "vgg_svhn" / "provenance.json").write_text(text)
    with pytest.raises(ExtensionError, match="cannot be read as a provenance"):
        announcement(tmp_path)


def test_the_script_of_another_host_is_dropped_and_the_others_stay():
    own = SimpleNamespace(filename="_static/scripts/search.js", attributes={})
    remote = SimpleNamespace(filename="https://example.org/thebe/latest/lib/index.js")
    inline = SimpleNamespace(filename=None, attributes={"body": "const THEBE_JS_URL = '...'"})
    context = {"script_files": [own, remote, inline]}
    extension("offline").drop_thebe(None, "page", "page.html", context, None)
    assert context["script_files"] == [own]


def test_numbers_stay_on_the_line_of_their_signs():
    document = new_document("page")
    code = nodes.literal("", "5 %")
    document += nodes.paragraph("", "80 % of 3 classes, in code ", code)
    document += nodes.raw("", "<td>2.3 % left</td><td>0.50 ± 0.01</td>", format="html")
    extension("no_break").NoBreak(document).run()
    text, table = document.astext().split("\n\n")
    assert text == "80\u00a0% of 3 classes, in code 5 %"
    assert table == "<td>2.3\u00a0% left</td><td>0.50\u00a0±\u00a00.01</td>"
