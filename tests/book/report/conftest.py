from pathlib import Path

import pytest

from lib.book.report.results import Results, load_results

from .made_up import write_results


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A results folder of all three networks, 2 pruning runs and 5 iterations."""
    return write_results(tmp_path_factory.mktemp("study") / "results")


@pytest.fixture(scope="session")
def results(folder) -> Results:
    return load_results(folder)
