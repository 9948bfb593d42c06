"""Names that are read from a file are names: no reader takes them for paths to other files."""

import re
from hashlib import sha256

import pytest

from lib import ROOT
from lib.book.build import check_whole
from lib.book.pages import copy_sealed, stage
from lib.catalogue import declared_study
from lib.commands.collect import collect
from lib.commands.invalidate_damaged_jobs import mend
from lib.commands.plan import measured
from lib.commands.publish import publish
from lib.commands.recompute import Row, published_rows
from lib.integrity import load_json, load_sealed, save_json
from lib.study.job import Job

from .loaded import load_results
from .made_up import write_results
from .study.made_up_jobs import pretend

NAME = "vgg_svhn"
SECRET = b"not to be copied"
OUTSIDE = ("../../../outside/x.py", "../secret.txt")
JOB = Job(NAME, 0, 0)


def hostile(folder, name):
    """Name a file outside in the provenance of a folder, with the right digests."""
    provenance = load_json(folder / "provenance.json")
    provenance["files"] |= {name: sha256(SECRET).hexdigest()}
    save_json(folder / "provenance.json", provenance)


@pytest.fixture
def repository(tmp_path):
    """A small repository; files lie where the names lead to."""
    root = tmp_path / "some" / "where" / "repository"
    (root / "book").mkdir(parents=True)
    (root / "_toc.yml").touch()
    (root / "_config.yml").write_text("sphinx:\n  config:\n    numfig: true\n")
    (tmp_path / "outside").mkdir()
    return root


READERS = {
    "publish": lambda folder, root: publish(folder, root),
    "stage": lambda folder, root: stage(folder, root / "pages", ["one"], root=root),
    "build": lambda folder, root: check_whole(folder.parent),
    "load_results": lambda folder, root: load_results(folder),
    "load_sealed": lambda folder, root: load_sealed(folder),
    "copy_sealed": lambda folder, root: copy_sealed(folder / NAME, root / "copy"),
    "plan": lambda folder, root: measured("smoke", results=folder),
    "recompute": lambda folder, root: published_rows(folder, Row(JOB, 1, "conv1_1", "cka", "flat")),
}
"""What reads a results folder from anywhere."""


def everything(root):
    return {path: path.is_file() and path.read_bytes() for path in root.rglob("*")}


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_of_results_follows_a_path(repository, tmp_path, reader, name):
    folder = write_results(repository / "_build" / "results", iterations=1, prune_seeds=1)
    target = folder / NAME / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(SECRET)
    hostile(folder / NAME, name)
    before = everything(tmp_path)
    with pytest.raises(Exception, match="no name of a file"):
        READERS[reader](folder, repository)
    after = everything(tmp_path)
    assert {path: after[path] for path in before} == before
    assert all(content != SECRET for path, content in after.items() if path not in before)


def test_no_reader_of_jobs_follows_a_path(tmp_path):
    study = declared_study("smoke", tmp_path / "study", ["vgg_svhn"])
    for job in study.jobs():
        pretend(study, job)
    (study.job_folder(JOB) / ".." / "secret.txt").write_bytes(SECRET)
    hostile(study.job_folder(JOB), "../secret.txt")
    for read in (lambda study: list(mend(study)), collect, lambda study: study.check_needs(JOB)):
        with pytest.raises(ValueError, match="no name of a file"):
            read(study)
    assert study.is_done(JOB)
    assert not study.results.exists()


OTHERWISE = {
    *("lib/integrity.py", "lib/book/sealed_page.py"),
    "lib/book/execute.py",
}
"""They read JSON that is what `load_json` itself does, or is no file."""


def test_json_is_read_in_one_place():
    reading = re.compile(r"json\.loads?\(|torch\.load\(|pickle\.|yaml\.(unsafe_)?load\(")
    sources = [*ROOT.glob("lib/**/*.py"), *ROOT.glob("book/_ext/*.py")]
    found = {str(path.relative_to(ROOT)) for path in sources if reading.search(path.read_text())}
    assert found - OTHERWISE <= {"lib/study/storage.py", "lib/compare/user_networks.py"}
    for name in ("lib/study/storage.py", "lib/compare/user_networks.py"):
        assert "weights_only=True" in (ROOT / name).read_text()
