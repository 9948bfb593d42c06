"""At the start of a study: what is damaged or was deleted is marked as not done, and so done again.

Nothing that is as it was written is touched.
"""

import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .. import ROOT
from ..book.pages import digests_of_sources
from ..book.sealed_page import check_page, load_page
from ..integrity import DamagedError, load_sealed, published_results, study_digest
from ..study.study import Study
from .collect import destination

UNDONE = ".undone"
"""The file beside the results that is newer than they are if they have to be made again."""


def mend(study: Study, partial: bool = False) -> Iterator[str]:
    """Mark what is not as it was written, so that the same study does it again.

    Args:
        study: no job of it may be running.
        partial: whether only the tables and pages of a partial study are looked at, not
            the jobs.

    Yields:
        For each thing that will be made again, which it is and what is wrong with it.
    """
    results = destination(study, partial)
    undone = results.with_name(UNDONE)
    if not partial:
        yield from _jobs(study)
    if results.exists():
        try:
            load_sealed(results)
            if not partial and not all(map(study.is_done, study.jobs())):
                _renew(undone)
        except DamagedError as error:
            _renew(undone)
            yield f"{error.reason}. The tables are merged again."
    of_pages = {str(published_results(study.chapter)): results}
    tables = cache(lambda folder: study_digest(of_pages.get(folder, ROOT / folder)))
    sources = digests_of_sources()
    for page in sorted(results.with_name("pages").glob("book/*.ipynb")):
        try:
            check_page(page, sources, tables)
        except DamagedError as error:
            page.unlink()
            book = page.parents[1] / "_build" / "html" / "index.html"
            book.unlink(missing_ok=True)  # is built again, with all pages that it shows
            yield f"{error.reason}. The page is made again."


def _renew(undone: Path) -> None:
    # with another content each time: the engine takes a newer file of the same content for the same
    undone.write_text(f"{time.time_ns()}\n", encoding="utf-8")


def _jobs(study: Study) -> Iterator[str]:
    for job in study.jobs():
        page, marker = study.page(job), study.marker(job)
        if marker.exists():
            try:
                for name in (provenance := study.read_provenance(job))["files"]:
                    study.kept(job, name, provenance["files"])
                # a network that is trained again may be the same again
                if all(map(study.is_done, study.needs(job))):
                    study.check_needs(job)
            except DamagedError as error:
                marker.replace(marker.with_suffix(".damaged.json"))
                yield f"{error.reason}. It is done again: {job}."
        elif page.exists():
            yield f"{marker} is missing. It is done again: {job}."
        if page.exists() and not (marker.exists() and _is_whole(page)):
            page.unlink()


def _is_whole(page: Path) -> bool:
    try:
        load_page(page)
    except DamagedError:
        return False
    return True
