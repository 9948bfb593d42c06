"""The start of a study: what is damaged is marked as not done, and nothing else is touched."""

import nbformat
import pytest

from lib.book.pages import digests_of_sources
from lib.book.sealed_page import EXECUTED_ON, seal_page
from lib.catalogue import declared_study
from lib.commands.collect import collect
from lib.commands.invalidate_damaged_jobs import UNDONE, mend
from lib.integrity import DamagedError, digest, save_json, study_digest
from lib.study.job import Job

from .made_up_jobs import pretend

NETWORK = "vgg_svhn"
RUN, COMPLETE = Job(NETWORK, 1, 0), Job(NETWORK, 1)


def write_page(path, text="", **on):
    """The page, executed on its source as it is, and on what else is said."""
    on = {"page": path.stem, "source": digests_of_sources().get(path.stem), "tables": {}} | on
    cells = [nbformat.v4.new_markdown_cell(text)]
    seal_page(nbformat.v4.new_notebook(cells=cells, metadata={EXECUTED_ON: on}), path)


@pytest.fixture
def study(tmp_path):
    """A study that is finished, with its tables and a page."""
    study = declared_study("laptop", tmp_path / "study", [NETWORK])
    for job in study.jobs():
        pretend(study, job)
        seal_page(nbformat.v4.new_notebook(), study.page(job))
    page = collect(study).with_name("pages") / "book" / "claims.ipynb"
    page.parent.mkdir(parents=True)
    write_page(page)
    return study


def content(study):
    return {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()}


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("name", ["similarity.parquet", "provenance.json"])
def test_a_damaged_job_and_only_that_is_to_be_done_again(study, name):
    before = content(study)
    assert list(mend(study)) == []
    assert content(study) == before
    halve(study.job_folder(RUN) / name)
    before = content(study)
    [line] = mend(study)
    assert line.startswith(str(study.job_folder(RUN)))
    assert line.endswith(f"It is done again: {RUN}.")
    assert not study.page(RUN).exists()
    assert [job for job in study.jobs() if not study.is_done(job)] == [RUN]
    assert study.results.with_name(UNDONE).exists()
    after = content(study)
    assert all(after[p] == before[p] for p in before if study.job_folder(RUN) not in p.parents)
    assert list(mend(study)) == []
    pretend(study, RUN)
    seal_page(nbformat.v4.new_notebook(), study.page(RUN))
    collect(study)
    assert list(mend(study)) == []


def test_a_network_that_is_trained_again_has_its_runs_done_again_only_if_it_differs(study):
    halve(study.job_folder(COMPLETE) / "performance.parquet")
    [line] = mend(study)
    assert line.endswith(f"It is done again: {COMPLETE}.")
    pretend(study, COMPLETE)
    assert list(mend(study)) == []
    weights, provenance = study.job_folder(COMPLETE) / "weights.pt", study.read_provenance(COMPLETE)
    weights.write_bytes(b"another")
    provenance["files"] |= {"weights.pt": digest(weights)}
    save_json(study.marker(COMPLETE), provenance)
    lines = list(mend(study))
    assert all("started from other networks" in line for line in lines)
    again = {job for job in study.jobs() if not study.is_done(job)}
    mine = [job for job in study.jobs() if COMPLETE in study.needs(job)]
    # analyses of its own runs wait for these
    assert again == {j for j in mine if j.is_run or j.train_seed != COMPLETE.train_seed}


def test_damaged_tables_and_pages_are_made_again_and_no_job(study):
    undone = study.results.with_name(UNDONE)
    undone.write_text(earlier := "of an earlier time, which the engine would take for the same")
    halve(study.results / NETWORK / "performance.parquet")
    page, job_page = study.results.with_name("pages") / "book" / "claims.ipynb", study.page(RUN)
    halve(page)
    halve(job_page)
    assert len(list(mend(study))) == 2
    assert undone.read_text() != earlier
    assert not page.exists()
    assert not job_page.exists()
    assert all(map(study.is_done, study.jobs()))


def test_what_cannot_be_read_is_not_taken_for_damaged(study, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied", "weights.pt")

    monkeypatch.setattr("lib.integrity.digest", refused)
    with pytest.raises(PermissionError):
        list(mend(study))
    assert all(map(study.is_done, study.jobs()))


def test_the_folder_of_another_job_is_not_taken_for_this_one(study):
    provenance = study.read_provenance(RUN)
    for fact, value in (("train_seed", 2), ("fingerprint", "0123456789")):
        save_json(study.marker(RUN), provenance | {fact: value})
        with pytest.raises(DamagedError, match=f"is that of another job: it says {fact} {value}"):
            collect(study)
        [line] = mend(study)
        assert line.endswith(f"It is done again: {RUN}.")
        assert not study.is_done(RUN)


def test_a_page_of_other_tables_or_of_another_source_is_made_again(study):
    page = study.results.with_name("pages") / "book" / "claims.ipynb"
    write_page(page, tables={"results": study_digest(study.results)})
    assert list(mend(study)) == []
    for other in ({"tables": {"results": "0"}}, {"source": "0"}):
        write_page(page, **other)
        assert len(list(mend(study))) == 1
        assert not page.exists()
