"""The order of the tests, and a fixture for quick jobs."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

LONG = (
    "test_whole_study.py",
    "test_pages_on_any_tables.py",
    "zeros.ipynb",
    "test_printed.py",
    "test_browser.py",
    "test_variants.py",
    "test_rows.py",
    "test_start.py",
    "test_nano_imp.py",
)
"""Files whose tests take long and cannot be split; they start first, or they would end last."""

FEW_TEST_IMAGES = 100
FEW_PROBE_IMAGES = 40


def outside_make():
    """The environment, as it is where `make` did not start the tests."""
    return {name: v for name, v in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}


def pytest_collection_modifyitems(items):
    def rank(item):
        name = Path(item.fspath).name
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=rank)


@pytest.fixture(scope="module")
def quick_jobs():
    """Jobs with few test and probe images and few rounds, for tests of anything but their numbers.

    Data sets are read once, since no job changes them.
    """
    from lib.study import prepared_experiment, work
    from lib.study.experiment import with_values
    from lib.study.prepared_experiment import PreparedExperiment

    load, prune = PreparedExperiment.load, work.prune

    # classifying all 500 would take most of a tiny job
    def load_few(*experiment):
        prepared = load(*experiment)
        test = prepared.dataset.test.take(slice(FEW_TEST_IMAGES))
        dataset = replace(prepared.dataset, test=test)
        few = min(prepared.experiment.probe.images, FEW_PROBE_IMAGES)
        return replace(
            prepared,
            dataset=dataset,
            experiment=with_values(prepared.experiment, {"probe.images": few}),
        )

    def prune_sooner(network, mask, pruning, *more):
        return prune(network, mask, replace(pruning, rounds=min(pruning.rounds, 10)), *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared_experiment, "load_dataset", cache(prepared_experiment.load_dataset))
        patch.setattr(PreparedExperiment, "load", load_few)
        patch.setattr(work, "prune", prune_sooner)
        yield
