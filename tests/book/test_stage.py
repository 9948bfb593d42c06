"""The pages of a study are laid out beside its notebooks, without those of the published book."""

from pathlib import Path

import nbformat
import pytest
import yaml

from lib.book.build import build, check_whole
from lib.book.pages import stage
from lib.book.report.results import ResultsError, load_results
from lib.book.sealed_page import seal_page
from lib.commands.publish import publish
from lib.integrity import DamagedError, load_json, seal

from .report.made_up import sealed_again, write_results


@pytest.fixture
def root(tmp_path):
    """A small repository."""
    root = tmp_path / "repository"
    (root / "book" / "_static").mkdir(parents=True)
    (root / "book" / "_ext" / "__pycache__").mkdir(parents=True)
    for name in ("_toc.yml", "book/index.md", "book/_static/book.css"):
        (root / name).write_text(name)
    (root / "_config.yml").write_text("title: Book\nsphinx:\n  config:\n    numfig: true\n")
    (root / "book" / "page.ipynb").write_text("published")
    (root / "book" / "icpram2020.ipynb").write_text("published")
    (root / "book" / "_ext" / "__pycache__" / "a.pyc").write_text("")
    return root


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    seal(folder, {"profile": "smoke"})
    return folder


def test_prose_and_configuration_are_copied_notebooks_are_kept(root, results, tmp_path):
    pages = tmp_path / "pages"
    (pages / "book").mkdir(parents=True)
    (pages / "book" / "page.ipynb").write_text("own")
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    for _ in range(2):
        stage(results, pages, ["page"], root=root)
    assert (pages / "book" / "page.ipynb").read_text() == "own"
    assert (pages / "book" / "icpram2020.ipynb").read_text() == "published"
    assert (pages / "book" / "_static" / "book.css").exists()
    assert (pages / "_toc.yml").read_text() == "_toc.yml"
    configuration = yaml.safe_load((pages / "_config.yml").read_text())
    assert configuration == {
        "title": "Book",
        "sphinx": {"config": {"numfig": True, "own_study": True}},
    }
    assert load_json(pages / "results" / "provenance.json")["profile"] == "smoke"
    assert not list(pages.rglob("*.pyc"))
    assert before == {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_chapter_of_its_own_among_what_is_published(root, results, tmp_path):
    for name in ("", "chapters/icpram2020", "chapters/wacv2020"):
        (root / "results" / name).mkdir(parents=True, exist_ok=True)
        seal(root / "results" / name, {"profile": f"published-{Path(name).name}"})
    pages = tmp_path / "pages"
    stage(results, pages, ["icpram2020"], "icpram2020", root)
    assert (pages / "book" / "page.ipynb").read_text() == "published"
    assert not (pages / "book" / "icpram2020.ipynb").exists()

    def profile(name):
        return load_json(pages / "results" / name / "provenance.json")["profile"]

    assert profile("chapters/icpram2020") == "smoke"
    assert profile("") == "published-"
    assert profile("chapters/wacv2020") == "published-wacv2020"


def test_publishing_an_incomplete_study_is_refused(root, results):
    (root / "results").mkdir()
    (root / "results" / "kept").touch()
    (results / "provenance.json").write_text('{"profile": "smoke"}')
    with pytest.raises(ResultsError, match="provenance.json has no checksum"):
        publish(results, root)
    assert (root / "results" / "kept").exists()


def test_a_study_from_code_that_was_not_committed_is_refused(root, tmp_path):
    study = write_results(tmp_path / "study")
    provenance = load_json(study / "provenance.json")
    provenance["jobs"][1]["revision"] += "-dirty"
    seal(study, provenance)
    job = "vgg16_bn, train seed 0, prune seed 0"
    with pytest.raises(ValueError, match=f"1 of 9 jobs ran on code .* again: {job}. Commit"):
        publish(study, root)
    assert not (root / "results").exists()


def test_half_a_results_folder_is_not_taken_for_the_whole(root, tmp_path, monkeypatch):
    study = write_results(tmp_path / "study")
    publish(study, root)

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("lib.commands.publish.os.replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        publish(study, root)
    with pytest.raises(ResultsError, match="provenance.json is missing"):
        load_results(root / "results")


@pytest.mark.parametrize("how", ["merging", "add"])
def test_what_an_interruption_has_left_is_not_merged_with(root, tmp_path, how):
    study = write_results(tmp_path / "study")
    publish(study, root, **{how: True})  # where there is nothing yet, all of it is published
    (root / "results" / "provenance.json").unlink()
    left = {path: path.read_bytes() for path in (root / "results").rglob("*.parquet")}
    with pytest.raises(ValueError, match="interrupted there.*git restore"):
        publish(study, root, **{how: True})
    assert left == {path: path.read_bytes() for path in (root / "results").rglob("*.parquet")}


def test_publishing_leaves_the_tables_of_this_study_only(root, tmp_path):
    study = write_results(tmp_path / "study")
    (study / "robustness.parquet").write_bytes((study / "performance.parquet").read_bytes())
    old = root / "results" / "similarity" / "old.parquet"
    old.parent.mkdir(parents=True)
    old.touch()
    with pytest.raises(ResultsError, match="robustness.parquet has no column"):
        publish(sealed_again(study), root)
    (study / "robustness.parquet").unlink()
    sealed_again(study)
    (study / ".half.parquet.part").touch()
    publish(study, root)
    there = {p.relative_to(study): p.read_bytes() for p in study.rglob("*.*") if p.stem[0] != "."}
    published = root / "results"
    kept = published / "chapters" / "wacv2020" / "provenance.json"
    kept.parent.mkdir(parents=True)
    kept.touch()
    publish(study, root)
    assert kept.exists()
    kept.unlink()
    assert there == {p.relative_to(published): p.read_bytes() for p in published.rglob("*.*")}


@pytest.mark.parametrize(
    ("changes", "folder"),
    [({"scaled_down": False}, "full_scale"), ({"chapter": "at_init"}, "chapters/at_init")],
)
def test_the_papers_scale_and_chapters_are_published_beside_the_main_study(
    root, tmp_path, changes, folder
):
    main, other = write_results(tmp_path / "main"), write_results(tmp_path / "other", prune_seeds=1)
    seal(other, load_json(other / "provenance.json") | changes)
    for source in (main, other, main):
        publish(source, root)
    stage(main, tmp_path / "pages", ["one"], root=root)
    for source, target in ((main, "results"), (other, f"results/{folder}")):
        text = (source / "provenance.json").read_text()
        assert (root / target / "provenance.json").read_text() == text
        assert (tmp_path / "pages" / target / "provenance.json").read_text() == text
        assert (tmp_path / "pages" / target / "performance.parquet").is_file()


@pytest.mark.parametrize("name", ["results/performance.parquet", "book/page.ipynb"])
def test_a_book_of_what_was_damaged_is_not_built(tmp_path, name):
    """One flipped bit of a table gave another accuracy on the page."""
    write_results(tmp_path / "results", iterations=1, prune_seeds=1)
    (tmp_path / "book").mkdir()
    cell = nbformat.v4.new_markdown_cell("0.94551")
    seal_page(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "book" / "page.ipynb")
    check_whole(tmp_path)
    file = tmp_path / name
    content = bytearray(file.read_bytes())
    content[max(content.find(b"94551"), 99)] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedError, match=f"{name} is damaged"):
        build(tmp_path)
    assert not (tmp_path / "_build").exists()
