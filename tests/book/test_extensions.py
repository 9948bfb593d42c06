"""The book's own Sphinx extensions."""

import importlib.util
from types import SimpleNamespace

from bs4 import BeautifulSoup

from lib import ROOT
from lib.integrity import seal

from ..made_up import provenance


def extension(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def announcement(folder, page):
    context = {}
    app = SimpleNamespace(srcdir=folder)
    extension("provenance_banner").of_page(app, f"book/{page}", "", context, None)
    return BeautifulSoup(context["theme_announcement"], "html.parser").get_text()


def test_every_page_of_results_says_in_numbers_what_its_networks_were_trained_on(tmp_path):
    study = provenance("vgg_svhn")
    where = tmp_path / "results" / "chapters" / "icpram2020" / "vgg_svhn"
    where.mkdir(parents=True)
    seal(where, study)
    finished = announcement(tmp_path, "icpram2020")
    assert "1,437 training images of small" in finished
    assert finished.endswith(", 7 prunings, 1 complete network")
    seal(where, study | {"missing": ["vgg_svhn, train seed 0, prune seed 2"]})
    assert "1 jobs of this study are not done" in announcement(tmp_path, "icpram2020")
    assert announcement(tmp_path, "run_it") == ""


def test_a_page_on_one_network_says_what_that_was_trained_on(tmp_path):
    for name in ("vgg_svhn", "vgg16_bn"):
        where = tmp_path / "results" / "chapters" / "by_recipe" / name
        where.mkdir(parents=True)
        seal(where, provenance(name))
    assert announcement(tmp_path, "methods").startswith("VGG16_BN and VGG_SVHN at 1/8 of ")
    assert announcement(tmp_path, "vgg_svhn").startswith("VGG_SVHN at 1/8 of ")


def test_the_script_of_another_host_is_dropped_and_the_others_stay():
    own = SimpleNamespace(filename="_static/scripts/search.js", attributes={})
    remote = SimpleNamespace(filename="https://example.org/thebe/latest/lib/index.js")
    inline = SimpleNamespace(filename=None, attributes={"body": "const THEBE_JS_URL = '...'"})
    context = {"script_files": [own, remote, inline]}
    extension("offline").drop_thebe(None, "page", "page.html", context, None)
    assert context["script_files"] == [own]
