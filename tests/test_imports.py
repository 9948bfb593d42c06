"""What a source imports."""

import re
from graphlib import TopologicalSorter

import grimp

from lib import ROOT
from lib.imports import needed_files

SOURCES = {
    "notebooks/one/page.py": "from notebooks.one.analysis import late\nimport numpy, libother\n",
    "notebooks/one/analysis.py": "def late():\n    from lib.report import engine\n",
    "lib/__init__.py": "def __getattr__(name):\n    from . import rare\n",
    "lib/rare.py": "",
    "lib/report/__init__.py": "import lib.report.names as n\n",
    "lib/report/engine.py": "from .engine import itself\nfrom .. import seeds\n",
    "lib/report/names.py": "",
    "lib/seeds.py": "",
}


def test_what_is_imported_anywhere_and_by_it_in_turn_is_needed(tmp_path):
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    needed = needed_files([tmp_path / "notebooks/one/page.py"], tmp_path)
    names = [file.relative_to(tmp_path).as_posix() for file in needed]
    assert names == sorted(SOURCES.keys() - {"lib/rare.py"})


def test_nothing_is_imported_by_a_string():
    """Import-linter would not see it, and nor would the jobs that depend on it.

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
