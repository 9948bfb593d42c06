"""The tables of hyperparameters."""

import copy
import dataclasses

import pytest

from lib.report.recipes import deviations, kept


@pytest.fixture
def study(results):
    """A study with hyperparameters of every type, as `lib.study` writes them."""
    rows = [
        ("recipe.epochs", "4", "160"),
        ("recipe.optimiser", "Momentum", "Momentum"),
        ("recipe.optimiser.weight_decay", "0.0001", "0.0001"),
        ("recipe.schedule.rates", "(0, 0.1, 0)", ""),
        ("recipe.augmentation.flip", "False", "True"),
        ("train_images", "None", "None"),
        ("metrics", "('svcca', 'cka')", "('svcca', 'cka')"),
    ]
    provenance = copy.deepcopy(dict(results.provenance))
    provenance["experiments"]["vgg16_bn"]["hyperparameters"] = [
        {"name": name, "value": value, "paper": paper, "source": "section 4", "why": "small"}
        for name, value, paper in rows
    ]
    return dataclasses.replace(results, provenance=provenance)


def test_a_value_that_differs_is_shown_beside_the_paper_s_with_the_reason(study):
    assert deviations(study, "vgg16_bn").rows == (
        ("epochs", "4", "160", "small", "section 4"),
        ("schedule: rates", "0, 0.1, 0", "-", "small", "section 4"),
        ("augmentation: flip", "no", "yes", "small", "section 4"),
    )


def test_a_value_as_in_the_paper_has_its_source(study):
    assert kept(study, "vgg16_bn").rows == (
        ("optimiser", "Momentum", "section 4"),
        ("optimiser: weight decay", "0.0001", "section 4"),
        ("train images", "-", "section 4"),
        ("metrics", "svcca, cka", "section 4"),
    )
