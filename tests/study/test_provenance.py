"""What provenance says of the code is the revision of this repository, or that there is none."""

import subprocess

import pytest

from lib.study import provenance
from lib.study.provenance import committed, revision

FILES = ["lib/seeds.py", "notebooks/job_run.py", "notebooks/what_a_value_means/job.py", "Snakefile"]
FILES += ["profiles/default/config.yaml", "pyproject.toml", "requirements.txt"]


def git(folder, *words):
    command = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def repository(folder):
    for name in (*FILES, "notebooks/what_a_value_means/page.py", "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return folder


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The repository of the project, small."""
    monkeypatch.setattr(provenance, "ROOT", repository(tmp_path / "own"))
    return tmp_path / "own"


@pytest.mark.parametrize("name", [*FILES, "lib/study/new.py"])
@pytest.mark.parametrize("shown", ["normal", "no"])
def test_an_edit_of_what_jobs_read_is_seen(root, name, shown):
    git(root, "config", "status.showUntrackedFiles", shown)
    assert revision() == git(root, "rev-parse", "HEAD")
    assert committed({"revision": revision()})
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("edited")
    assert revision() == git(root, "rev-parse", "HEAD") + "-dirty"
    assert not committed({"revision": revision()})


@pytest.mark.parametrize("name", ["notebooks/what_a_value_means/page.py", "README.md"])
def test_an_edit_of_what_no_job_reads_is_none(root, name):
    (root / name).write_text("edited")
    assert committed({"revision": revision()})


def test_in_a_hook_of_another_repository_the_revision_is_still_this_one(
    root, tmp_path, monkeypatch
):
    other = repository(tmp_path / "other")
    git(other, "commit", "--quiet", "--allow-empty", "--message", "another")
    for name, path in (("GIT_DIR", other / ".git"), ("GIT_WORK_TREE", other)):
        monkeypatch.setenv(name, str(path))
    said = revision()
    monkeypatch.undo()
    assert said == git(root, "rev-parse", "HEAD")


@pytest.mark.parametrize("inside", [True, False])
def test_sources_without_a_repository_of_their_own_count_as_uncommitted(
    tmp_path, monkeypatch, inside
):
    folder = repository(tmp_path) if inside else tmp_path
    copy = folder / "copy"
    copy.mkdir()
    monkeypatch.setattr(provenance, "ROOT", copy)
    assert revision() == "unknown"
    assert not committed({"revision": revision()})


def test_a_provenance_without_a_revision_names_no_code():
    assert not committed({})
    assert not committed({"revision": ""})
    assert not committed({"revisions": ["0" * 40, "0" * 40 + "-dirty"], "revision": "0" * 40})
