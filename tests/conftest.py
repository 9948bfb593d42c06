"""The order of the tests."""

from pathlib import Path

LONG = ("test_whole_chapters.py", "test_whole_study.py", "test_sections.py", "test_large_data.py")
"""Files whose tests take long and cannot be split: started last, they would delay the end."""


def pytest_collection_modifyitems(items):
    def place(item):
        name = Path(item.fspath).name
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)
