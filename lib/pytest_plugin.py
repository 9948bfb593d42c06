"""A plugin of pytest, where the package is installed: the fixture `assert_similar`.

    pytest_plugins = ["pruned_representations.pytest_plugin"]    # in conftest.py

    def test_the_build_is_like_its_reference(assert_similar):
        assert_similar(reference, build, images)

What harmless versions keep stands in a file, which the settings of pytest name once, as
seen from their own folder:

    [tool.pytest.ini_options]
    harmless_similarities = "harmless.csv"
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

SETTING = "harmless_similarities"


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "a CSV file of harmless_similarities(...), which assert_similar takes by default"
    parser.addini(SETTING, help, default="")


@pytest.fixture(name="assert_similar")
def gate_of_builds(pytestconfig: pytest.Config) -> Callable[..., None]:
    """`pruned_representations.assert_similar`; without `harmless` or `at_least`, builds
    may differ as much as the versions in the file of the setting do."""
    from .compare import gate  # takes seconds

    file = pytestconfig.getini(SETTING)

    def check_build(
        reference: object, build: object, images: object, *rule: object, **options: object
    ) -> None:
        __tracebackhide__ = True
        if file and not rule and not {"harmless", "at_least"} & options.keys():
            options["harmless"] = pytestconfig.rootpath / file
        gate.assert_similar(reference, build, images, *rule, **options)

    return check_build
