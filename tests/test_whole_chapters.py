"""Each chapter from its declaration to its page: all jobs, the tables, the code of the page.

In float64 and at the scale of a regression test. Here only the way is checked; what the numbers are
is checked where they are computed.
"""

import jupytext
import pytest

from lib import ROOT
from lib.claims.engine import TOO_FEW
from lib.report.results import load_results
from lib.study import Study, run_job
from lib.study.chapters import CHAPTERS
from lib.study.collect import collect


@pytest.fixture(scope="module", params=CHAPTERS)
def study(request, tmp_path_factory):
    """A chapter's study, computed job by job in the order of the graph."""
    folder = tmp_path_factory.getbasetemp() / "chapters"  # jobs in common are done once
    study = Study("tiny", folder, None, request.param)
    for job in study.jobs():
        if not study.is_done(job):
            run_job(study, job, device="cpu")
    return study


def test_its_tables_hold_all_that_it_asks_for(study):
    results = load_results(collect(study))
    assert results.provenance["chapter"] == study.chapter
    assert not results.provenance["missing"]
    assert list(results.provenance["experiments"]) == list(CHAPTERS[study.chapter])
    for analysis in {job.analysis for job in study.jobs()} - {""}:
        asked = {job.experiment for job in study.jobs() if job.analysis == analysis}
        assert set(getattr(results, analysis).experiment) == asked != set()


def test_its_page_measures_every_claim(study):
    """One run of each gives no verdict at this scale, but a number."""
    default, names = f'results = "results/chapters/{study.chapter}"', {}
    folder = collect(study)
    for cell in jupytext.read(ROOT / "notebooks" / f"{study.chapter}.py").cells:
        if cell.cell_type == "code":
            exec(cell.source.replace(default, f"results = {str(folder)!r}"), names)
    assert names["study"].folder == folder
    outcomes = [*names["outcomes"], *names.get("ours", ())]
    assert {outcome.verdict for outcome in outcomes} == {TOO_FEW}
    assert all(outcome.interval.n > 0 for outcome in outcomes)
