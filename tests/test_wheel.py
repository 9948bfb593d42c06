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
"""Whoever asks for a callback of theirs has them, and whoever tests by pytest has that."""


def test_it_has_what_it_imports_and_demands_the_rest(installed):
    files = (file.relative_to(installed / NAME) for file in (installed / NAME).rglob("*.py"))
    names = {".".join(["lib", *f.with_suffix("").parts]).removesuffix(".__init__") for f in files}
    graph = grimp.build_graph("lib", include_external_packages=True, cache_dir=None)
    needed = set().union(*map(graph.find_modules_directly_imported_by, names)) - names
    demanded = {re.match("[a-z]+", line)[0] for line in DEPENDENCIES}
    assert needed - sys.stdlib_module_names == demanded | TRAINERS | {"pytest"}


def test_the_example_of_the_readme_works(installed):
    readme = (ROOT / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.S)
    rows = re.compile(r"^(\w+)((?: +[01]\.\d\d){4})$", re.M)
    output = dict(rows.findall(printed(installed, code.replace("from lib", f"from {NAME}"))))
    assert (len(output), [*output][-1]) == (12, "out")
    for layer, values in rows.findall(readme):
        seen = [float(value) for value in output[layer].split()]
        assert seen == pytest.approx([float(value) for value in values.split()], abs=0.02)


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


TEST_OF_A_BUILD = """
import torch
from pruned_representations import harmless_similarities

torch.manual_seed(0)
IMAGES = torch.randn(40, 3, 4, 4)

def network(noise):
    made = torch.nn.Sequential(torch.nn.Conv2d(3, 6, 3), torch.nn.Flatten(), torch.nn.Linear(24, 4))
    torch.manual_seed(0)
    with torch.no_grad():
        for weights in made.parameters():
            weights.copy_(torch.randn(weights.shape))
        torch.manual_seed(noise)
        for weights in made.parameters():
            weights.add_(min(noise, 1) * 0.05 * torch.randn(weights.shape))
    return made

def write():
    versions = [network(seed) for seed in range(1, 21)]
    harmless_similarities(network(0), versions, IMAGES).to_csv("harmless.csv")

def test_same(assert_similar):
    assert_similar(network(0), network(0), IMAGES)

def test_broken(assert_similar):
    broken = network(21)
    torch.nn.init.zeros_(broken[0].weight[:2])
    assert_similar(network(0), broken, IMAGES)

def test_by_number(assert_similar):
    assert_similar(network(0), network(1), IMAGES, at_least=0.5)
"""


def test_pytest_has_its_fixture(installed, tmp_path):
    (tmp_path / "test_build.py").write_text(TEST_OF_A_BUILD)
    (tmp_path / "conftest.py").write_text(f"pytest_plugins = ['{NAME}.pytest_plugin']")
    settings = "[tool.pytest.ini_options]\nharmless_similarities = 'harmless.csv'\n"
    (tmp_path / "pyproject.toml").write_text(settings)
    given = {"env": {"PYTHONPATH": installed}, "cwd": tmp_path, "text": True}
    write = [sys.executable, "-c", "import test_build; test_build.write()"]
    subprocess.run(write, check=True, **given | {"env": {"PYTHONPATH": f"{installed}:."}})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tested = subprocess.run(command, stdout=subprocess.PIPE, **given)
    assert tested.returncode == 1
    assert "1 failed, 2 passed" in tested.stdout
    assert re.search(r"by NBS \(channels\) at .* where harmless versions keep", tested.stdout)
    # the line of the test is shown, and none of the package
    assert "gate.py" not in tested.stdout


def test_imports_in_lib_are_relative():
    absolute = re.compile(r"^\s*(from|import) lib\b", re.M)
    assert not [file for file in (ROOT / "lib").rglob("*.py") if absolute.search(file.read_text())]
