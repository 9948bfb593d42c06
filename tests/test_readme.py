"""What the README and the tour of the code promise is there."""

import re
import subprocess
import sys

import pytest

from lib import ROOT
from lib.options import TARGETS

PAGES = ("README.md", "CONTRIBUTING.md")


def test_the_example_in_the_readme_runs_as_it_stands():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 12
    for line in lines:
        assert re.fullmatch(r"\w+ +SVCCA [01]\.\d\d  CKA [01]\.\d\d", line)


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page):
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / page).read_text()))
    makefile = (ROOT / "Makefile").read_text()
    assert named
    assert named <= {*re.findall(r"^([a-z-]+):", makefile, flags=re.M), *TARGETS}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_links_to_exists(page):
    linked = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text())
    paths = re.findall(
        r"`((?:lib|notebooks|results|tests|book)/[\w/.]+)`", (ROOT / page).read_text()
    )
    assert linked
    for path in (*linked, *paths):
        assert (ROOT / path).exists(), path
