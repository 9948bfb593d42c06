"""The order of the tests, what makes tiny studies quick, and the program as it is called."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

LONG = (
    "test_whole_study.py",
    "test_printed.py",
    "test_browser.py",
    "test_variants.py",
    "test_rows.py",
    "test_start.py",
    "test_nano_imp.py",
)
"""Files whose tests take long and cannot be split: started last, they would delay the end."""

FEW_TEST_IMAGES = 100
FEW_PROBE_IMAGES = 40


def pytest_collection_modifyitems(items):
    def place(item):
        name = Path(item.fspath).name
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)


@pytest.fixture(scope="module")
def quick_jobs():
    """For jobs whose numbers do not matter: few images to test and compare on, few rounds.

    Data sets, which no job changes, are read once.
    """
    from lib.study import jobs, prepared_experiment
    from lib.study.experiment import with_values
    from lib.study.prepared_experiment import PreparedExperiment

    load, prune = PreparedExperiment.load, jobs.prune

    # most of a tiny job would be to classify all 500
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
        patch.setattr(jobs, "prune", prune_sooner)
        yield
