"""The book's own Sphinx extensions."""

import importlib.util
from types import SimpleNamespace

from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from lib import ROOT
from lib.integrity import seal

from ..made_up import parts_of, provenance


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


def announcement(folder, page):
    context = {}
    app = SimpleNamespace(srcdir=folder)
    extension("provenance_banner").of_page(app, f"book/{page}", "", context, None)
    return BeautifulSoup(context["theme_announcement"], "html.parser").get_text()


def test_every_page_of_results_says_in_numbers_what_its_networks_were_trained_on(tmp_path):
    study = provenance(iterations=7, prune_seeds=2)
    where = tmp_path / "results" / "chapters" / "icpram2020"
    write(where, study)
    finished = announcement(tmp_path, "icpram2020")
    assert "1,437 training images of small" in finished
    assert finished.endswith(", 7 prunings, 1 complete network")
    write(where, study | {"missing": ["vgg_svhn, train seed 0, prune seed 2"]})
    assert "1 jobs of this study are not done" in announcement(tmp_path, "icpram2020")
    assert announcement(tmp_path, "run_it") == ""


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
