"""How modules import each other."""

import re
from graphlib import TopologicalSorter

import grimp

from lib import ROOT


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
