"""The pages say what the tables say."""

import pytest

from benchmarks.pages import PAGES, put, written

from ..book.test_runner_pages import text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_tables(page):
    assert written(page)[1] == text(page)


def test_a_page_without_a_marker_is_refused():
    with pytest.raises(ValueError, match="must have the lines <!-- jobs: benchmarks.pages -->"):
        put("a page", {"jobs": ""})
