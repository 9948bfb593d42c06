"""The wheel, installed away from the repository: what is in it, what it needs, that it works."""

import re
import subprocess
import sys
import tomllib

import grimp
import pytest

from lib.repository import ROOT

NAME = "pruned_representations"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES, OPTIONAL = PROJECT["dependencies"], PROJECT["optional-dependencies"]
CALLED = {"scikit-learn": "sklearn", "pyyaml": "yaml", "jupyter-book": "jupyter_book"}
"""Distribution -> what is imported of it, where the names differ."""

COME_ALONG = {"IPython", "PIL", "jupyter_client", "markdown_it", "matplotlib_inline"}
COME_ALONG |= {"myst_nb", "nbclient", "traitlets"}
"""What others of those demanded bring with them."""


def distribution(demand):
    return re.match("[a-z-]+", demand)[0]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder in which pip has put the package, and nothing else."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for part in ("lib", "pyproject.toml", "README.md", "LICENSE"):
        (source / part).symlink_to(ROOT / part)
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet")
    pip = [sys.executable, "-m", "pip", "install", *offline, "--target", folder]
    subprocess.run([*pip, source], check=True)
    return folder


def printed(installed, code):
    code = f"import sys; sys.path.insert(0, {str(installed)!r})\n{code}"
    command = [sys.executable, "-I", "-W", "error", "-c", code]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def test_it_is_the_whole_library_and_demands_what_that_imports(installed):
    sources = sorted(file.relative_to(ROOT / "lib") for file in (ROOT / "lib").rglob("*.py"))
    assert sources == sorted(
        file.relative_to(installed / NAME) for file in (installed / NAME).rglob("*.py")
    )
    for data in ("py.typed", "report/book.mplstyle"):
        assert (installed / NAME / data).exists()
    graph = grimp.build_graph("lib", include_external_packages=True, cache_dir=None)
    inside = {module for module in graph.modules if module.split(".")[0] == "lib"}
    needed = set().union(*map(graph.find_modules_directly_imported_by, inside)) - inside
    extras = OPTIONAL["study"] + OPTIONAL["book"]
    demanded = {CALLED.get(name, name) for name in map(distribution, DEPENDENCIES + extras)}
    assert needed - sys.stdlib_module_names <= demanded | COME_ALONG


def test_what_compares_networks_demands_no_extra(installed):
    graph = grimp.build_graph("lib", include_external_packages=True, cache_dir=None)
    inside = {"lib.compare", "lib.pruning"}
    inside |= {module for part in set(inside) for module in graph.find_upstream_modules(part)}
    needed = {module for module in inside if module.split(".")[0] != "lib"}
    known = {*map(distribution, DEPENDENCIES), "PIL"}  # which torchvision brings
    assert needed - sys.stdlib_module_names <= known


def test_the_example_of_the_readme_works(installed):
    readme = (ROOT / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.S)
    rows = re.compile(r"^(\w+)((?: +[01]\.\d\d){4})$", re.M)
    output = dict(rows.findall(printed(installed, code.replace("from lib", f"from {NAME}"))))
    assert (len(output), [*output][-1]) == (12, "out")
    for layer, values in rows.findall(readme):
        seen = [float(value) for value in output[layer].split()]
        assert seen == pytest.approx([float(value) for value in values.split()], abs=0.02)
