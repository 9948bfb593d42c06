"""Each chapter from its declaration to its page: all jobs, the tables, the code of the page.

In float64 and at the scale of a regression test. Here only the way is checked; what the numbers are
is checked where they are computed.
"""

from contextlib import redirect_stdout
from io import StringIO

import jupytext
import pytest
from bs4 import BeautifulSoup, SoupStrainer

from lib import ROOT
from lib.analyses.converged.studied_networks import ANALYSED_NETWORKS, CONVERGED_NETWORKS
from lib.book.claims.engine import TOO_FEW
from lib.book.execute import declared_parameters
from lib.book.pages import folder_parameter, notebook_pages, pages_of
from lib.book.report.names import PAPER_NETWORKS
from lib.book.report.results import Results, load_results
from lib.catalogue import CATALOGUE, declared_study
from lib.commands.collect import collect, destination
from lib.study.jobs import run_job

from .commands import snakemake
from .pages import run_page, source_of

FRONT_PAGE = "index"
WITHOUT_CLAIMS = {"width_and_length"}
"""Chapters whose rules compare networks; they decide no sentence of a paper."""

ANALYSED = "vgg_svhn_wide"
SAID_BY_JOBS = {
    "robustness": "robustness, precision float64",
    "matrices": "matrices, iteration 2",
    "matching": "iteration 2",
    "decisions": "decisions, iteration 2",
}
"""Analysis -> what its job says of that network, among other things."""

pytestmark = pytest.mark.usefixtures("quick_jobs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """That of all chapters: jobs in common are done once."""
    return tmp_path_factory.mktemp("chapters in a folder with a space")


def done(folder, chapter):
    """A chapter's study, computed job by job in the order of the graph."""
    study = declared_study("tiny", folder, None, chapter)
    for job in study.jobs():
        if not study.is_done(job):
            with redirect_stdout(StringIO()) as printed:
                run_job(study, job, device="cpu")
            expected = SAID_BY_JOBS.get(job.analysis, "") if job.experiment == ANALYSED else ""
            assert expected in printed.getvalue()
    return study


@pytest.fixture(scope="module", params=CATALOGUE.chapters)
def study(request, folder):
    return done(folder, request.param)


@pytest.fixture(scope="module")
def tables(study):
    """The folder with the chapter's tables."""
    return collect(study)


def test_its_tables_hold_all_that_it_asks_for(study, tables):
    results = load_results(tables)
    assert results.provenance["chapter"] == study.chapter
    assert not results.provenance["missing"]
    assert list(results.provenance["experiments"]) == list(CATALOGUE.chapters[study.chapter])
    for declared in CATALOGUE.analysis_tables:
        asked = {job.experiment for job in study.jobs() if job.analysis == declared.name}
        assert set(results.table(declared).experiment) == asked


def published_folders(name):
    """{parameter of a page: the folder that it reads unless it is given another one}."""
    source, _ = source_of(name)
    declared = declared_parameters(jupytext.read(source))
    return {parameter: ROOT / default for parameter, default in declared.items()}


def page_of(study, tables, name):
    """The names of a page that has run on the tables of a chapter, and of all that are done.

    Of others it reads those that are published.
    """
    folders = {"results": published_folders(name)["results"]}
    for chapter in CATALOGUE.chapters:
        done_before = study.results.parents[1] / chapter / study.results.name
        if name in pages_of(chapter) and done_before.exists():
            folders[folder_parameter(name, chapter)] = done_before
    folders[folder_parameter(name, study.chapter)] = tables
    return run_page(name, folders.pop("results"), **folders)


def test_all_other_pages_that_show_it_can_be_made_of_its_tables(study, tables, capsys):
    for name in pages_of(study.chapter)[1:]:
        names = page_of(study, tables, name)
        read = {ROOT / value.folder for value in names.values() if isinstance(value, Results)}
        assert study.results in read
        assert read <= {study.results, *published_folders(name).values()}
        assert names["displayed"]
        # networks trained to the end go by the names of the paper, but where slim ones are beside
        # wide ones
        experiments = set(names["study"].experiments)
        if name == FRONT_PAGE:
            assert experiments > {*ANALYSED_NETWORKS.values(), *CONVERGED_NETWORKS.values()}
        else:
            assert experiments <= set(PAPER_NETWORKS)
        assert capsys.readouterr().err == ""


def test_its_page_measures_every_claim(study, tables):
    """One run of each gives no verdict at this scale, but a number; complete ones have pairs."""
    names = page_of(study, tables, pages_of(study.chapter)[0])
    outcomes = [*names.get("outcomes", ()), *names.get("ours", ())]
    assert bool(outcomes) == (study.chapter not in WITHOUT_CLAIMS)
    in_pairs = [outcome for outcome in outcomes if outcome.claim.key.endswith("-independent")]
    of_runs = [outcome for outcome in outcomes if outcome not in in_pairs]
    assert {outcome.verdict for outcome in of_runs} <= {TOO_FEW}
    assert all(outcome.nearest.interval.n > 0 for outcome in outcomes)


def test_a_book_is_built_around_the_page_of_a_chapter(folder):
    """By the command that users give. With all jobs done, it goes from their tables to HTML."""
    study = done(folder, "at_init")
    config = ["profile=tiny", f"folder={folder}", f"chapter={study.chapter}", "partial=1"]
    made = snakemake("book", "--cores", "1", "--config", *config)
    assert made.returncode == 0, made.stdout
    pages = destination(study, partial=True).with_name("pages")
    mine = (pages / "book" / "at_init.ipynb").read_text(encoding="utf-8")
    assert mine != (ROOT / "book" / "at_init.ipynb").read_text(encoding="utf-8")
    built = {page.stem for page in (pages / "_build" / "html" / "book").glob("*.html")}
    assert {page.name for page in notebook_pages()} | {"index", "look_up"} < built
    loading = SoupStrainer(["script", "link", "img", "iframe", "object", "embed"])
    for page in (pages / "_build" / "html" / "book").glob("*.html"):
        loads = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser", parse_only=loading)
        assert not loads.select("script[src^=http], link[rel=stylesheet][href^=http]"), page
        assert not loads.select("img[src^=http], iframe, object, embed"), page
