"""pyproject.toml, requirements.txt and environment.yml agree."""

import re
import tomllib

import nbformat
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import lib
from lib.repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.txt").read_text()
PINS = [Requirement(pin) for pin in re.findall(r"^(\S.*?) \\$", LOCK, re.MULTILINE)]


def outputs_of(page):
    """What the cells of a published page show."""
    cells = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def test_the_version_is_that_of_the_package_and_of_its_citation():
    assert lib.__version__ == PROJECT["version"]
    assert f"\nversion: {lib.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_lock_pins_what_the_project_demands():
    pins = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in PINS}
    extras = PROJECT["optional-dependencies"]
    for demand in (*PROJECT["dependencies"], *extras["study"], *extras["book"], *extras["test"]):
        wanted = Requirement(demand)
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)], prereleases=True)


def test_actions_are_pinned_by_commit_and_have_no_privilege_or_credentials():
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
        assert not any("options" in job.get("container", {}) for job in jobs)  # --privileged
        for step in [step for job in jobs for step in job["steps"] if "uses" in step]:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
            if "checkout" in step["uses"]:
                assert step["with"]["persist-credentials"] is False


def test_the_readme_opens_as_the_first_page_does_and_has_its_numbers():
    outputs = outputs_of("index")
    named = {output.metadata.get("scrapbook", {}).get("name"): output for output in outputs}
    record = "application/papermill.record/text/plain"
    text = " ".join((ROOT / "README.md").read_text().split())
    raw = (named[f"raw_{end}"].data[record].strip("'") for end in ("least", "most"))
    assert "the same networks score anything from {} to {},".format(*raw) in text
    for names, sentence in (
        ("combinations", "Over {} combinations of network, training and sparsity"),
        ("apart_raw", "four metrics (SVCCA, PWCCA, CKA and NBS) lie {} apart on average"),
        ("apart_relative", "in relative similarity, they lie {} apart."),
        ("unseen_combinations", "for {} further combinations (LeNet-5, Conv-4, ResNet-32, and"),
    ):
        shares = (named[name].data[record].strip("'") for name in names.split())
        assert sentence.format(*shares) in text
    opening = nbformat.read(ROOT / "book" / "index.ipynb", as_version=4).cells[0].source
    for paragraph in opening.split("\n\n"):
        assert " ".join(paragraph.split()) in text
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    [costs] = [html for html in shown if "Before pruning" in html]
    accuracies = [re.findall(r"<td>(\d\d\.\d)</td>", row) for row in costs.split("<tr")[2:]]
    table = re.findall(r"\| (\d\d\.\d) \| (\d\d\.\d) \| (\d\d\.\d) \|", text)
    assert len(table) == 5
    assert [list(row) for row in table] == accuracies


def test_conda_takes_everything_from_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["name"] == PROJECT["name"]
    python, pip, from_pip = environment["dependencies"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.txt"]}


def test_the_picture_of_the_readme_is_that_of_the_first_page():
    shown = [output.get("data", {}) for output in outputs_of("index")]
    drawn = next(data["image/svg+xml"] for data in shown if "image/svg+xml" in data)
    assert (ROOT / "book" / "_static" / "answer.svg").read_text() == drawn
