"""The package from outside: its version."""

import tomllib

import lib
from lib import ROOT


def test_the_version_is_that_of_the_package_and_of_its_citation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert lib.__version__ == project["version"]
    assert f"\nversion: {lib.__version__}\n" in citation
