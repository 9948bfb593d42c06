"""The package from outside: its public names and its version."""

import tomllib

import lib.metrics
from lib import ROOT
from lib.metrics import METRICS


def test_what_is_public_is_listed_and_every_metric_is_an_attribute():
    compared = ["compare_levels", "compare_networks"]
    assert lib.__all__ == [*compared, "plot_layers", "plot_levels", "plot_pairs"]
    assert all(callable(getattr(lib, name)) and name in dir(lib) for name in lib.__all__)
    assert {*METRICS} <= {*dir(lib.metrics)}
    assert lib.metrics.cka_debiased is METRICS["cka_debiased"]


def test_the_version_is_that_of_the_package_and_of_its_citation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert lib.__version__ == project["version"]
    assert f"\nversion: {lib.__version__}\n" in citation
