"""The committed pages are the notebooks' sources, executed on the committed tables.

That their outputs are those of the tables is what `pytest --nbval book/*.ipynb` checks.
"""

import re
from fnmatch import fnmatch

import jupytext
import nbformat
import pandas as pd
import pytest

from lib.book.build import check_whole
from lib.book.execute import NEEDS, declared_parameters
from lib.book.filled import filled
from lib.book.pages import notebook_pages
from lib.integrity import load_sealed, study_folders
from lib.repository import ROOT, published_results
from lib.study.provenance import committed

PAGES = notebook_pages()
ALL = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
MOST_PAGES = 20


@ALL
def test_a_page_has_the_cells_of_its_source(page):
    written = jupytext.read(page.source)
    executed = nbformat.read(ROOT / "book" / f"{page.name}.ipynb", as_version=4)
    cells = executed.cells
    assert all(c.execution_count for c in cells if c.cell_type == "code")
    added = [cell.source for cell in cells].count(NEEDS)
    assert added == ("from lib" in page.source.read_text())
    cells = [c for c in cells if "injected-parameters" not in c.metadata.get("tags", [])]
    cells = [cell for cell in cells if cell.source != NEEDS]
    kept = [(c.cell_type, c.source) for c in cells]
    count = len(written.cells)
    written.cells += [c for c in executed.cells if c.cell_type == "code"]  # what the text names
    assert kept == [(c.cell_type, c.source) for c in filled(written, ROOT).cells[:count]]
    first = cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")  # what Sphinx takes for the title


@ALL
def test_a_figure_says_what_it_shows_to_who_cannot_see_it(page):
    for cell in nbformat.read(ROOT / "book" / f"{page.name}.ipynb", as_version=4).cells:
        metadata = cell.metadata.get("mystnb", {})
        if "figure" in metadata:
            assert metadata["figure"]["caption"]
            assert len(cell.outputs) == 1  # Sphinx would give a second one the same name
            drawn = any("image/svg+xml" in o.get("data", {}) for o in cell.get("outputs", []))
            assert metadata.get("image", {}).get("alt") or not drawn


@ALL
def test_a_page_reads_published_studies(page):
    for chapter, parameter in page.folders.items():
        folder = declared_parameters(ROOT / "book" / f"{page.name}.ipynb")[parameter]
        assert folder == str(published_results(chapter))
        assert (ROOT / folder).is_dir()


def test_every_page_has_its_source_and_its_place_in_the_book():
    executed = {p.stem for p in (ROOT / "book").glob("*.ipynb")}
    assert executed == {page.name for page in PAGES}
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    listed = re.findall(r"book/(\w+)", toc)
    assert executed <= set(listed)
    assert len(listed) == len(set(listed)) <= MOST_PAGES


def test_a_page_that_rests_on_claims_comes_after_those_that_decide_them():
    names = [page.name for page in PAGES]
    index = next(page for page in PAGES if page.name == "index")
    assert index.rests_on == {"claims", "contrast", "is_it_pruning", "which_metric", "zeros"}
    for page in PAGES:
        assert all(names.index(other) < names.index(page.name) for other in page.rests_on)


PUBLISHED = sorted(
    str(folder.relative_to(ROOT / "results")) for folder in study_folders(ROOT / "results")
)


@pytest.mark.parametrize("folder", PUBLISHED)
def test_the_published_results_say_where_they_come_from_and_a_page_shows_them(folder):
    for part in load_sealed(ROOT / "results" / folder).values():
        assert part["jobs"]
        for job in part["jobs"]:
            assert job["versions"]["torch"]
            assert committed(job)
    chapter = folder.removeprefix("chapters/")
    assert any(chapter in page.folders for page in PAGES)


def test_no_line_of_text_begins_with_a_percent_sign():
    """MyST would take it as a comment, and the reader would not see it."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "book").glob("*.md")]
    for page in PAGES:
        cells = jupytext.read(page.source).cells
        texts += [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert not re.findall(r"^%.*", "\n".join(texts), re.MULTILINE)


def test_the_committed_pages_were_executed_on_the_committed_sources_and_tables():
    check_whole(ROOT)


def test_the_library_says_of_one_more_stranger_what_the_page_on_zeros_shows():
    cells = nbformat.read(ROOT / "book" / "zeros.ipynb", as_version=4).cells
    shown = [
        output.get("data", {}).get("text/plain", "")
        for c in cells
        for output in c.get("outputs", [])
    ]
    [table] = [text for text in shown if "90th percentile" in text]
    medians = [float(first) for first in re.findall(r"^\w+ +(0\.\d+)", table, re.MULTILINE)]
    assert len(medians) == 4
    said = f"similarity by {min(medians)} to {max(medians):.2f}."
    assert said in (ROOT / "lib" / "compare" / "comparison.py").read_text(encoding="utf-8")


MAP = {
    "3.1: rewinding": ["rewinding-*", "icpram2020/rewinding-shape"],
    "5.1: ": ["svhn-* same-* vgg16_bn-[cd]* resnet_fast-*-recipe*", "resnet_fast-*-few*"],
    "5.2: VGG16_BN": ["u-vgg16_bn-*"],
    "… lowest around": ["v-cca-bottom-*"],
    "… least SVCCA": ["v-cca-depth-*-svcca", "v-cca-depth-*-pwcca"],
    "… their outputs": ["v-cca-output-*"],
    "… CKA falls": ["v-cka-depth-* v-cka-fan-*"],
    "… outputs by CKA": ["v-cka-output-from-* v-cka-stack-at-*"],
    "… outputs by NBS": ["v-nbs-stack-at-*"],
    "… NBS at least": ["v-nbs-bound-* v-nbs-depth-*"],
    "… NBS lowest": ["v-nbs-bottom-* v-nbs-no-trend-*"],
    "5.2: VGG_SVHN": ["s-output-recipe-* s-nbs-like-cka-recipe"],
    "… two bottoms": ["s-two-bottoms-recipe-* s-no-recovery-recipe-*"],
    "… “bowl”": ["s-bowl-recipe-*"],
    "5.3: ResNet_fast": ["r-svcca-bound-recipe*", "r-pwcca-bound-recipe*"],
    "… CKA hardly": ["r-cka-bound-recipe* r-cka-constant-recipe*"],
    "… SVCCA and PWCCA lowest": ["r-cca-bottom-recipe* r-converges-recipe*"],
    "… NBS down": ["r-nbs-lowest-recipe* r-nbs-bottom-recipe*"],
    "… curves": ["r-recalls-few* r-higher-few*"],
    "6.1: results": ["depends-raw-*", "depends-relative-*"],
    "6.1: remarkably": [
        "similar-raw-*",
        "similar-relative-vgg16_bn-* similar-relative-resnet_fast-recipe*",
        "similar-relative-vgg_svhn-recipe-*",
    ],
    "6.1: “U” by NBS": ["nbs-u-resnet_fast-recipe* nbs-later-resnet_fast-recipe*"],
    "6.2: ": ["cosine-starts-high-* cosine-sinks-few*", "cosine-sinks-to-*"],
    "7: SVCCA": ["cca-agree-* nbs-smaller-scale-*"],
    "7: progressive": [
        "departure-vgg16_bn-* departure-resnet_fast-recipe* departure-vgg_svhn-recipe-[!c]*",
        "departure-vgg_svhn-recipe-cka",
    ],
    "7: CKA": ["cka-bound-*-recipe*", "cka-bound-vgg16_bn-*"],
    "{cite:t}`ansuini": ["icpram2020/first-* icpram2020/out-*-svcca", "icpram2020/grows"],
    "{cite:t}`tartaglione": [
        "icann2020/accuracy-resnet32-*_long",
        "icann2020/eigenvalue-*_long",
    ],
    "{cite:t}`blakeney": ["wacv2020/evolves-vgg_svhn wacv2020/evolves-resnet32"],
}
"""{start of a row of the paper's map: the claims on which its verdicts rest, in order}."""


def test_the_papers_map_gives_the_published_verdicts():
    published = {}
    for file in (ROOT / "book" / "claims").glob("*.csv"):
        where = "" if file.stem == "claims" else f"{file.stem}/"
        verdicts = pd.read_csv(file).set_index("key").verdict
        published |= {f"{where}{key}": verdict for key, verdict in verdicts.items()}
    text = (ROOT / "book" / "look_up.md").read_text(encoding="utf-8")
    table = text.partition("(paper-map)=")[2].partition(":::\n\n")[0]
    verdict = re.compile("holds|does not hold|inconclusive|missed narrowly")
    said = {line: found for line in table.splitlines() if (found := verdict.findall(line))}
    assert len(said) == len(MAP)
    for start, claims in MAP.items():
        [row] = [line for line in said if line.startswith(f"| {start}")]
        for patterns, found in zip(claims, said[row], strict=True):
            for pattern in patterns.split():
                fitting = {v for key, v in published.items() if fnmatch(key, pattern)}
                assert fitting == {found}, (row, pattern)
