"""What a source imports, and that a page is made again when any of it is edited."""

import os
import re
import shutil
from graphlib import TopologicalSorter

import grimp
import pytest

from lib import ROOT
from lib.catalogue import declared_study
from lib.commands.collect import result_files
from lib.imports import data_beside, needed_files

from .commands import snakemake

SOURCES = {
    "page.py": "from notebooks.one import claims\nimport numpy, libother\n",
    "lib/__init__.py": """
ROOT = "."
SELDOM = ["seldom"]

def __getattr__(name):
    if name in SELDOM:
        from . import rare
        return getattr(rare, name)
""",
    "lib/rare.py": "",
    "notebooks/one/claims.py": "def late():\n    from lib.book import engine\n",
    "notebooks/one/job.py": "",
    "notebooks/one/first.csv": "",
    "lib/book/__init__.py": "import lib.book.names as n\n",
    "lib/book/engine.py": "from .engine import itself\n",
    "lib/book/names.py": "",
}
NEEDED = """page.py lib/__init__.py notebooks/one/claims.py lib/book/__init__.py lib/book/engine.py
    lib/book/names.py"""


@pytest.fixture
def library(tmp_path):
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def needed(folder):
    files = needed_files([folder / "page.py"], folder)
    return {file.relative_to(folder).as_posix() for file in files}


def test_what_is_imported_anywhere_and_by_it_in_turn_is_needed(library):
    assert needed(library) == set(NEEDED.split())


def test_a_name_that_a_package_imports_on_request_counts_for_those_who_ask(library):
    (library / "page.py").write_text("from lib import seldom\n")
    assert needed(library) == {"page.py", "lib/__init__.py", "lib/rare.py"}


def test_a_name_that_a_package_defines_asks_for_nothing_more(library):
    (library / "page.py").write_text("from lib import ROOT\n")
    assert needed(library) == {"page.py", "lib/__init__.py"}


@pytest.mark.parametrize(
    ("statement", "module"),
    [
        ("from lib import compare_networks", "lib/compare/network_comparison.py"),
    ],
)
def test_what_the_library_imports_on_request_is_found(tmp_path, statement, module):
    (tmp_path / "page.py").write_text(f"{statement}\n")
    assert ROOT / module in needed_files([tmp_path / "page.py"])


def test_data_lie_beside_the_modules_that_read_them(library):
    files = needed_files([library / "page.py"], library)
    assert data_beside(files) == [library / "notebooks/one/first.csv"]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the repository in which some pages of two studies are newer than their sources.

    The tables and pages are empty: nothing but their times is looked at.
    """
    root = tmp_path_factory.mktemp("book")
    shutil.copyfile(ROOT / "Snakefile", root / "Snakefile")
    for part in ("lib", "notebooks", "benchmarks"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    for chapter, names in CHAPTERS.items():
        study = declared_study("tiny", root / "study", chapter=chapter)
        for file in result_files(study.jobs()):
            write(study.results / file, 2)
        pages = study.results.with_name("pages") / "book"
        for name in names:
            write(pages / f"{name}.ipynb", 3)
    return root


CHAPTERS = {"wacv2020": ("wacv2020",), "converged": ("accuracy", "claims", "index")}


def write(path, time):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (time, time))


def outdated(root, chapter):
    """The pages that Snakemake would make again."""
    study = declared_study("tiny", root / "study", chapter=chapter)
    pages = study.results.with_name("pages") / "book"
    done = snakemake(
        *("--dry-run", "--quiet", "progress", "--rerun-triggers", "mtime"),
        *("--allowed-rules", "section"),
        *("--config", "profile=tiny", f"folder={root / 'study'}"),
        f"chapter={chapter}",
        *("--", *map(str, sorted(pages.glob("*.ipynb")))),
        root=root,
    )
    assert done.returncode == 0, done.stdout
    return set(re.findall(r"output: .*/(\w+)\.ipynb", done.stdout))


@pytest.mark.parametrize(
    ("edited", "made_again"),
    [
        ("notebooks/wacv2020/page.py", {"wacv2020"}),
        ("lib/report/claims.py", {"accuracy", "claims", "index", "wacv2020"}),
    ],
)
def test_an_edit_makes_again_the_pages_that_import_what_was_edited(book, edited, made_again):
    os.utime(book / edited, (4, 4))
    try:
        found = set().union(*(outdated(book, chapter) for chapter in CHAPTERS))
    finally:
        os.utime(book / edited, (1, 1))
    assert found == made_again


def test_nothing_is_imported_by_a_string():
    """Import-linter would not see it, and nor would the pages and jobs that depend on it.

    The catalogue is, in one place: no job and no page depends on what else there is to study.
    """
    sources = {*(ROOT / "lib").rglob("*.py")} - {ROOT / "lib/catalogue.py"}
    assert not [s for s in sources if re.search(r"import_module\(|__import__\(", s.read_text())]


def test_no_module_of_the_engine_imports_itself_through_others():
    graph = grimp.build_graph("lib", cache_dir=None)
    engine = graph.find_descendants("lib.study")
    imports = {
        module: graph.find_modules_directly_imported_by(module) & engine for module in engine
    }
    TopologicalSorter(imports).prepare()  # raises a CycleError, which names the modules
