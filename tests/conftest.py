"""The order of the tests."""

from pathlib import Path

LONG = ("test_whole_chapters.py", "test_whole_study.py", "test_sections.py", "test_large_data.py")
"""Files whose tests go in one piece and take long: begun last, they would hold up the end."""


def pytest_collection_modifyitems(items):
    def place(item):
        name = Path(item.fspath).name
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)
