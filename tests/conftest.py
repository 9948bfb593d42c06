"""The order of the tests, and what makes tiny studies quick."""

from pathlib import Path

import pytest

LONG = (
    "test_whole_study.py",
    "test_whole_chapters.py",
    "test_browser.py",
    "test_rows.py",
    "test_sections.py",
    "test_partial_study.py",
    "test_engines.py",
    "test_make_variables.py",
)
"""Files whose tests take long and cannot be split: started last, they would delay the end."""


def pytest_collection_modifyitems(items):
    def place(item):
        name = Path(item.fspath).name
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)


@pytest.fixture(scope="module")
def few_test_images():
    """50 will do where accuracy does not matter: most of a tiny job is to classify all 500."""
    from lib.study import train

    evaluate = train.evaluate

    def quickly(network, images, dataset, **more):
        return evaluate(network, images.take(slice(50)), dataset, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "evaluate", quickly)
        yield
