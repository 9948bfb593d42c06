"""The pages of a study are laid out beside its notebooks, without those of the published book."""

import shutil
from functools import partial

import nbformat
import pandas as pd
import pytest

from lib.atomic_files import replace_folder
from lib.book.build import build, check_whole
from lib.book.execute import execute
from lib.book.pages import copy_results, stage
from lib.commands.publish import execute_pages, publish
from lib.integrity import DamagedError, load_parts
from lib.repository import published_results

from ..damage import damage, follow
from ..made_up import CHAPTER, edited, write_results

PUBLISHED = published_results(CHAPTER)

PAGE = """\
# %% [markdown]
# # {title}

# %% tags=["parameters"]
results = "{folder}"

# %%
from lib.report import Claims

claims = Claims("{title}", results)
"""


@pytest.fixture
def root(tmp_path):
    """A small repository."""
    root = tmp_path / "repository"
    (root / "book" / "_static").mkdir(parents=True)
    (root / "book" / "_ext" / "__pycache__").mkdir(parents=True)
    for name in ("_toc.yml", "book/index.md", "book/_static/book.css"):
        (root / name).write_text(name)
    (root / "_config.yml").write_text("title: Book\nsphinx:\n  config:\n    numfig: true\n")
    (root / "book" / "references.bib").write_text("@misc{work, author = {One}, year = 2020}")
    (root / "book" / "page.ipynb").write_text("published")
    (root / "book" / "icpram2020.ipynb").write_text("published")
    (root / "book" / "_ext" / "__pycache__" / "a.pyc").write_text("")
    add_page(root, "icpram2020", published_results("icpram2020"))
    return root


def add_page(root, name, folder):
    (root / "notebooks" / name).mkdir(parents=True)
    (root / "notebooks" / name / "page.py").write_text(PAGE.format(title=name, folder=folder))


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_study_is_laid_out_among_what_is_published(root, tmp_path):
    for name in ("prunings", "icpram2020", "wacv2020"):
        folder = write_results(root / published_results(name))
        edited(folder, lambda part, name=name: part.update(profile=f"published-{name}"))
    results, pages, before = write_results(tmp_path / "results"), tmp_path / "pages", content(root)
    (pages / "book").mkdir(parents=True)
    (pages / "book" / "icpram2020.ipynb").write_text("own")
    for _ in range(2):
        stage(results, pages, "icpram2020", root)
    assert content(root) == before
    assert (pages / "book" / "icpram2020.ipynb").read_text() == "own"
    assert (pages / "book" / "page.ipynb").read_text() == "published"
    for name in ("_toc.yml", "_config.yml", "book/_static/book.css"):
        assert (pages / name).read_text() == (root / name).read_text()
    assert not list(pages.rglob("*.pyc"))

    def profile(name):
        return {part["profile"] for part in load_parts(pages / published_results(name)).values()}

    assert profile("icpram2020") == {"smoke"}
    assert profile("prunings") == {"published-prunings"}
    assert profile("wacv2020") == {"published-wacv2020"}


def test_a_study_from_code_that_was_not_committed_is_refused(root, tmp_path):
    study = write_results(tmp_path / "study")
    edited(study, lambda part: part["place"] or part["jobs"][1].update(revision="0000000-dirty"))
    job = "vgg16_bn, train seed 0, prune seed 0"
    with pytest.raises(ValueError, match=f"1 of 9 jobs ran on code .* again: {job}. Commit"):
        publish(study, root)
    assert not (root / "results").exists()


def test_tables_of_a_chapter_that_there_is_not_are_published_nowhere(root, tmp_path):
    """Anybody can compute the right digests, and the chapter is the name of a folder."""
    study = write_results(tmp_path / "study", chapter="../../lib")
    with pytest.raises(ValueError, match=r"unknown chapter '\.\./\.\./lib'"):
        publish(study, root)


def test_publishing_replaces_the_experiments_of_this_study_only(root, tmp_path):
    study = write_results(tmp_path / "study")
    other = write_results(tmp_path / "other", networks=["lenet5"])
    chapter = write_results(tmp_path / "chapter", chapter="at_init")
    half = study / "vgg_svhn" / ".half.parquet.part"
    half.touch()
    for source in (other, chapter, study):
        publish(source, root)
    half.unlink()
    assert content(root / published_results("at_init")) == content(chapter)
    assert content(root / PUBLISHED) == content(study) | content(other)


def test_of_a_study_the_experiments_that_were_asked_for_are_published(root, tmp_path):
    study = write_results(tmp_path / "study")
    publish(study, root, experiments=["vgg_svhn"])
    assert [*load_parts(root / PUBLISHED)] == ["vgg_svhn"]


@pytest.fixture
def book(root, tmp_path, monkeypatch, without_kernel):
    """A small repository with a published study of two pages, executed without a kernel."""
    monkeypatch.setattr("lib.book.execute.ROOT", root)
    for file in root.glob("book/*.ipynb"):
        file.unlink()
    shutil.rmtree(root / "notebooks")
    for name in ("one", "two"):
        add_page(root, name, PUBLISHED)
    for name in ("lib/report/tables.py", "book/claims/one.csv"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text("1")
    publish(write_results(tmp_path / "study"), root)
    check_whole(root, root)
    return root


class KilledError(BaseException):
    """As a kill, after which nothing of ours is executed."""


@pytest.mark.parametrize("at", range(8))
def test_a_kill_of_publish_leaves_the_earlier_book_or_one_that_is_not_built(
    book, tmp_path, monkeypatch, at
):
    """Before each copy of three experiments, before each takes its place, before each page."""
    study = edited(tmp_path / "study", lambda part: part.update(description="new"))
    before, steps = content(book / PUBLISHED), []

    def killed(step, *given):
        if len(steps) == at:
            if step is replace_folder:
                shutil.rmtree(given[0])
            raise KilledError
        steps.append(step)
        step(*given)

    with monkeypatch.context() as patch:
        for step in (copy_results, replace_folder, execute):
            patch.setattr(f"lib.commands.publish.{step.__name__}", partial(killed, step))
        with pytest.raises(KilledError):
            publish(study, book)
    if at:
        with pytest.raises(DamagedError):
            check_whole(book, book)
    else:
        assert content(book / PUBLISHED) == before
        check_whole(book, book)
    publish(study, book)
    assert content(book / PUBLISHED) == content(study)
    check_whole(book, book)


def exchange_page(book):
    other = (book / "book" / "two.ipynb").read_bytes()
    (book / "book" / "one.ipynb").write_bytes(other)


def replace_table(book):
    """And seal it, as anybody can."""
    file = book / PUBLISHED / "vgg_svhn" / "performance.parquet"
    rows = pd.read_parquet(file)
    rows.assign(accuracy=rows.accuracy / 2).to_parquet(file, index=False)
    edited(book / PUBLISHED)


def edit_cells(book):
    """ "explains 80 %" became "20 %", and the book was built."""
    file = book / "book" / "one.ipynb"
    page = nbformat.read(file, as_version=4)
    page.cells[-1].outputs = [nbformat.v4.new_output("stream", text="20 %")]
    nbformat.write(page, file)


def edit(name, text="# more\n"):
    return lambda book: (book / name).write_text(text)


CHANGED = "was executed before a change of"
CHANGES = [
    (exchange_page, f"{CHANGED} notebooks/one/page.py"),
    (replace_table, f"{CHANGED} {PUBLISHED}"),
    (edit("notebooks/one/analysis.py"), f"{CHANGED} notebooks/one/analysis.py"),
    (edit("notebooks/one/paper.csv"), f"{CHANGED} notebooks/one/paper.csv"),
    (edit("book/claims/one.csv"), f"{CHANGED} book/claims/one.csv"),
    (edit_cells, f"{CHANGED} its own cells"),
    (edit("book/one.ipynb"), "is damaged"),
    (edit("book/one.ipynb", "[]"), "is damaged"),
    (lambda book: (book / "book" / "one.ipynb").unlink(), "is missing"),
]


@pytest.mark.parametrize(("change", "wrong"), CHANGES)
def test_no_book_is_built_of_a_page_that_has_changed_until_it_is_executed_again(
    book, change, wrong
):
    change(book)
    with pytest.raises(DamagedError, match=f"one.ipynb {wrong}. If it is .*publish"):
        check_whole(book, book)
    execute_pages(book)
    check_whole(book, book)


def test_a_study_of_another_chapter_shows_such_a_page_and_says_what_has_changed(book):
    """Who edited the report got no book, for it was refused at its end."""
    with (book / "lib" / "report" / "tables.py").open("a") as file:
        file.write("# more\n")
    with pytest.raises(DamagedError, match="change of lib/report/tables.py"):
        check_whole(book, book, CHAPTER)
    check_whole(book, book, "icann2020")
    title = nbformat.read(book / "book" / "one.ipynb", as_version=4).cells[0].source
    said = "This page was executed before a change of lib/report/tables.py."
    assert title == f"# one\n\n:::{{warning}}\n{said}\n:::\n"


def test_a_book_of_a_damaged_table_is_not_built(book, monkeypatch):
    """One flipped bit of a table gave another accuracy on the page."""
    monkeypatch.setattr("lib.book.build.check_whole", lambda pages, **_: check_whole(pages, book))
    file = book / PUBLISHED / "vgg_svhn" / "performance.parquet"
    damage(file)
    with pytest.raises(DamagedError, match=f"{file.name} is damaged") as error:
        build(book)
    assert not (book / "_build").exists()
    assert follow(str(error.value)) == file
    with pytest.raises(DamagedError, match=f"{file.name} is missing"):
        execute_pages(book)
