"""What readers take away: tables, words of the glossary, the address, a notebook for Colab."""

import json
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pandas as pd
import pytest
import torch
import yaml
from docutils import nodes
from sphinx import addnodes

from lib import ROOT
from lib.book.pages import notebook_pages
from lib.integrity import DamagedError
from lib.models import build_model

from .report.made_up import write_results
from .test_extensions import extension

RESULTS = ROOT / "results"
OF_METHODS = {"index", "methods", "pruning_methods", "similarity_metrics"}
OF_METHODS |= {"nano_imp", "what_a_value_means"}
"""Pages that show no table of results, or those of another page."""
downloads = extension("downloads")
FULL_SCALE = RESULTS / downloads.FULL_SCALE
CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
COLAB = ROOT / extension("repository").NOTEBOOK


def test_every_table_of_a_page_is_there_and_every_page_of_results_has_one():
    for page, patterns in downloads.PAGES.items():
        for pattern in patterns:
            if pattern.startswith(downloads.FULL_SCALE) and not FULL_SCALE.is_dir():
                continue
            assert any(downloads.fnmatch(name, pattern) for name in downloads.tables(RESULTS)), page
    assert {page.name for page in notebook_pages() if page.folders is None} - set(
        downloads.PAGES
    ) == OF_METHODS


def test_a_figure_of_one_network_offers_no_similarities_of_another():
    assert downloads.offered(RESULTS, "controls", "fig-controls-vgg-svhn") == [
        "chapters/converged/similarity_vgg_svhn",
        "chapters/converged/performance",
        "chapters/converged/descent",
    ]
    assert len(downloads.offered(RESULTS, "controls", "fig-other")) == 3 + 2
    assert downloads.offered(RESULTS, "accuracy", "fig-other")[:2] == [
        "chapters/converged/density",
        "chapters/converged/performance",
    ]
    for table in downloads.offered(RESULTS, "wacv2020"):
        assert table.startswith("chapters/wacv2020/")
    assert downloads.words("two_words", "function") == "two words"
    full = "full_scale/similarity_vgg16_bn"
    assert downloads.words(full, "contrast") == "similarity of VGG16_BN, full scale"
    ended = "chapters/converged/similarity_vgg16_bn"
    assert downloads.words(ended, "controls") == "similarity of VGG16_BN, converged"
    assert downloads.words(ended, "converged") == "similarity of VGG16_BN"


@pytest.mark.parametrize(
    ("figure", "table"),
    [
        ("fig-identification", "chapters/converged/identification"),
        ("fig-found", "chapters/converged/identification"),
        ("fig-matching", "chapters/converged/matching"),
    ],
)
def test_a_figure_of_one_analysis_offers_its_table_alone(figure, table):
    assert downloads.offered(RESULTS, "validity", figure) == [table]


def test_a_table_that_was_damaged_is_not_offered(tmp_path):
    results = write_results(tmp_path / "results")
    assert downloads.tables(results)
    table = results / "vgg_svhn" / "performance.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    downloads.tables.cache_clear()
    with pytest.raises(DamagedError, match="performance.parquet"):
        downloads.tables(results)


def test_both_forms_of_a_table_are_the_published_rows(tmp_path, monkeypatch):
    names = ("chapters/icann2020/similarity_resnet32", "chapters/at_init/similarity_vgg_svhn")
    some = {name: downloads.tables(RESULTS)[name] for name in names}
    monkeypatch.setattr(downloads, "tables", lambda results: some)
    app = SimpleNamespace(srcdir=ROOT, outdir=tmp_path, builder=SimpleNamespace(name="html"))
    downloads.write(app, None)
    for name, files in some.items():
        published = pd.concat(map(pd.read_parquet, files), ignore_index=True)
        for read, ending in ((pd.read_csv, "csv"), (pd.read_parquet, "parquet")):
            taken = read(tmp_path / "results" / f"{name}.{ending}")
            assert list(taken) == list(published)
            assert taken.value.equals(published.value)
            assert taken.layer.equals(published.layer)


def test_the_first_use_of_a_word_leads_to_the_glossary_and_titles_and_code_do_not():
    term = nodes.term("", "complete network", ids=["term-complete-network"])
    meaning = nodes.definition("", nodes.paragraph("", "Never pruned. And more."))
    glossary = nodes.document(None, None)
    glossary += nodes.definition_list("", nodes.definition_list_item("", term, meaning))
    app = SimpleNamespace(
        env=Mock(get_doctree=lambda page: glossary),
        builder=SimpleNamespace(get_relative_uri=lambda page, other: "look_up.html"),
    )
    text = nodes.paragraph("", "Two ", nodes.literal("", "complete network"))
    text += [nodes.Text(", two Complete networks,"), nodes.emphasis("", "a complete network")]
    of_figure = nodes.container("", nodes.paragraph("", "complete network"), figure="fig-drawn")
    page = nodes.section("", nodes.title("", "complete network"), of_figure, text)
    extension("glossary_links").link(app, page, "book/vgg16_bn")
    [reference] = page.findall(nodes.reference)
    assert reference.astext() == "Complete networks"
    assert reference["refuri"] == "look_up.html#term-complete-network"
    assert reference["reftitle"] == "Never pruned."


def test_a_meaning_has_no_key_of_the_bibliography_and_no_name_of_a_file():
    sentence = nodes.paragraph("", "Canonical correlations ")
    for target, domain, kind, after in (
        ("raghu2017svcca", "cite", "p", ": their mean ("),
        ("similarity_metrics", "std", "doc", ", "),
        ("reshapes", "std", "doc", "). And more."),
    ):
        look = {"refdomain": domain, "reftype": kind, "refexplicit": False, "reftarget": target}
        sentence += [addnodes.pending_xref("", nodes.inline("", target), **look), nodes.Text(after)]
    definition = nodes.definition("", sentence)
    meaning = extension("glossary_links").first_sentence(definition)
    assert meaning == "Canonical correlations: their mean."
    assert "raghu2017svcca" in definition.astext()  # the glossary itself keeps its links


def test_the_address_is_named_once_and_by_the_notebook():
    command = ["git", "-C", ROOT, "grep", "-c", CITED["repository-code"]]
    if (ROOT / ".git").exists():
        naming = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert naming.split() == ["CITATION.cff:1", f"{COLAB.relative_to(ROOT)}:1"]


@pytest.mark.parametrize(
    ("address", "leads_there"),
    [("https://github.com/OWNER/study", False), ("https://github.com/someone/study", True)],
)
def test_nothing_leads_to_the_repository_before_it_has_an_owner(
    address, leads_there, tmp_path, monkeypatch
):
    module = extension("repository")
    cited = {**CITED, "repository-code": address}
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(cited), encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    values = module.declared()
    assert ("href" in "".join(values.values())) == leads_there
    assert "OWNER" not in "".join(values.values())
    config = SimpleNamespace(html_theme_options={}, myst_substitutions={})
    module.declare(None, config)
    assert ("someone/study" in config.html_theme_options["extra_footer"]) == leads_there


def test_the_notebook_for_colab_compares(monkeypatch):
    """With `lib` under the name of the package, of which it must not import a second copy."""
    cells = json.loads(COLAB.read_text(encoding="utf-8"))["cells"]
    install, networks, images, compare = (
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
    )
    assert install == f"%pip install --quiet git+{CITED['repository-code']}"
    compile(images, "images", "exec")
    for name, module in list(sys.modules.items()):
        if name == "lib" or name.startswith("lib."):
            renamed = name.replace("lib", "pruned_representations", 1)
            monkeypatch.setitem(sys.modules, renamed, module)
    small = build_model("vgg_svhn", width=0.125)
    monkeypatch.setattr("torchvision.models.resnet18", lambda weights: small)
    names = {"images": torch.rand(40, 3, 32, 32), "torch": torch}
    for cell in (networks, compare):
        exec(cell, names)
    assert names["by_layer"]["value"].lt(1).any(axis=None)
    assert names["by_layer"]["value"]["cka"].gt(names["by_layer"]["null_mean"]["cka"]).all()
