"""The wheel, installed away from the repository: what is in it, what it needs, that it works."""

import re
import subprocess
import sys
import tomllib

import grimp
import pytest

from lib import ROOT

NAME = "pruned_representations"
DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
OF_THE_STUDY = {"IPython", "ipykernel", "jupytext", "lib", "papermill", "pyarrow", "snakemake"}
SLOW = {"matplotlib", "pandas", "scipy", "sklearn", "torchmetrics", "torchvision"}


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


TRAINERS = {"lightning", "pytorch_lightning", "transformers"}
"""Whoever asks for a callback of theirs has them."""


def test_it_has_what_it_imports_and_demands_the_rest(installed):
    files = (file.relative_to(installed / NAME) for file in (installed / NAME).rglob("*.py"))
    names = {".".join(["lib", *f.with_suffix("").parts]).removesuffix(".__init__") for f in files}
    graph = grimp.build_graph("lib", include_external_packages=True, cache_dir=None)
    needed = set().union(*map(graph.find_modules_directly_imported_by, names)) - names
    demanded = {re.match("[a-z]+", line)[0] for line in DEPENDENCIES}
    assert needed - sys.stdlib_module_names == demanded | TRAINERS


def test_the_example_of_the_readme_works(installed):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    output = printed(installed, code.replace("from lib", f"from {NAME}"))
    layers = re.findall(r"^(\w+)(?: +[01]\.\d\d){4}$", output, re.M)
    assert (len(layers), layers[-1]) == (12, "out")


def test_its_import_waits_for_little_beside_pytorch(installed):
    code = f"import {NAME}.compare, {NAME}.pruning; print(*sys.modules)"
    loaded = {name.partition(".")[0] for name in printed(installed, code).split()}
    assert not loaded & (SLOW | OF_THE_STUDY)


def test_its_program_starts_and_its_types_are_known(installed):
    script = installed / "bin" / "pruned-representations"
    asked = subprocess.run(
        [sys.executable, script, "--help"], env={"PYTHONPATH": installed}, capture_output=True
    )
    assert (asked.returncode, asked.stderr) == (0, b"")
    assert b"metrics  two saved arrays" in asked.stdout
    page = [sys.executable, script, "damage", "a", "--weights=b", "--images=c", "--html=d"]
    refused = subprocess.run(page, env={"PYTHONPATH": installed}, capture_output=True)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"this is made where the repository is" in refused.stderr
    assert (installed / NAME / "py.typed").exists()


def test_imports_in_lib_are_relative():
    absolute = re.compile(r"^\s*(from|import) lib\b", re.M)
    assert not [file for file in (ROOT / "lib").rglob("*.py") if absolute.search(file.read_text())]
