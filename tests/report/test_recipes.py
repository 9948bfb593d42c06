"""The tables of hyperparameters."""

import copy
import dataclasses

import pytest

from lib.report.recipes import costs, deviations, kept
from lib.report.results import load_results


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


def test_what_differs_stands_beside_the_paper_s_with_the_reason(study):
    assert deviations(study, "vgg16_bn").rows == (
        ("epochs", "4", "160", "small", "section 4"),
        ("schedule: rates", "0, 0.1, 0", "-", "small", "section 4"),
        ("augmentation: flip", "no", "yes", "small", "section 4"),
    )


def test_what_is_as_in_the_paper_has_its_source(study):
    assert kept(study, "vgg16_bn").rows == (
        ("optimiser", "Momentum", "section 4"),
        ("optimiser: weight decay", "0.0001", "section 4"),
        ("train images", "-", "section 4"),
        ("metrics", "svcca, cka", "section 4"),
    )


def test_no_hyperparameter_is_lost(results):
    for experiment in results.experiments:
        rows = len(deviations(results, experiment).rows) + len(kept(results, experiment).rows)
        assert rows == len(results.settings(experiment)["hyperparameters"])


def test_the_paper_s_own_setting_has_no_deviations(results):
    provenance = copy.deepcopy(dict(results.provenance))
    for row in provenance["experiments"]["vgg16_bn"]["hyperparameters"]:
        row["value"] = row["paper"]
    table = deviations(dataclasses.replace(results, provenance=provenance), "vgg16_bn")
    assert table._repr_html_() == "<p>Nothing: every value is the paper&#x27;s.</p>"


def test_costs_add_up_over_the_jobs_of_an_experiment(folder):
    results = load_results(folder)
    rows = {row[0]: row[1:] for row in costs(results).rows}
    runs = len(results.settings("vgg16_bn")["prune_seeds"])
    minutes = f"{12.5 * runs / 60:.1f}"
    assert rows["vgg16_bn, runs"] == (str(runs), minutes, "0.2", "1.5", "cpu")
    assert rows["vgg16_bn, complete networks"] == ("1", "0.2", "0.2", "1.5", "cpu")


def test_analyses_of_a_run_have_costs_of_their_own(folder):
    results = load_results(folder)
    run = next(job for job in results.provenance["jobs"] if job["prune_seed"] is not None)
    before = costs(results).rows
    results.provenance["jobs"].append(run | {"analysis": "robustness", "seconds": 60.0})
    added = ("vgg16_bn, robustness", "1", "1.0", "1.0", "1.5", "cpu")
    assert sorted(costs(results).rows) == sorted([*before, added])


def test_costs_of_older_results_have_no_memory(folder):
    results = load_results(folder)
    for job in results.provenance["jobs"]:
        job.pop("memory", None)
    assert {row[4] for row in costs(results).rows} == {"-"}
