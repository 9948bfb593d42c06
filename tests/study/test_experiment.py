"""Declarations: every hyperparameter has a source, and a mistyped one is an error."""

import hashlib
from graphlib import TopologicalSorter

import pandas as pd
import pytest

from lib.declared import CATALOGUE, PROFILES, declared_study
from lib.repository import ROOT
from lib.study.experiment import flattened, with_values
from lib.study.prepared_experiment import PreparedExperiment
from lib.training import Training, evaluate
from notebooks.shared.paper import PAPER

EVERY = [(name, e) for name in PROFILES for e in CATALOGUE.bases]
ALL_DECLARED, ANALYSES = CATALOGUE.networks, CATALOGUE.analyses


@pytest.mark.parametrize("name", CATALOGUE.bases)
def test_every_hyperparameter_of_a_paper_is_declared_with_its_source(name):
    """None is left to a default, which would have no source."""
    assert set(ALL_DECLARED[name]) == set(flattened(CATALOGUE.bases[name]))
    assert all(sourced.source for sourced in ALL_DECLARED[name].values())


@pytest.mark.parametrize(("profile", "experiment"), EVERY)
def test_every_departure_from_the_paper_has_a_reason(profile, experiment):
    for row in PROFILES[profile].hyperparameters(experiment):
        differs = row["value"] != row["paper"]
        assert bool(row["why"]) == differs, row


def test_the_paper_profile_is_the_paper_with_as_many_networks_as_its_claims_need():
    ours, theirs = flattened(PROFILES["paper"].experiment("vgg_svhn")), flattened(PAPER["vgg_svhn"])
    differ = {path for path, value in ours.items() if value != theirs[path]}
    assert differ == {"train_seeds", "prune_seeds"}
    assert len(ours["train_seeds"]) == 3
    assert [len(e.prune_seeds) for e in PAPER.values()] == [20, 5, 5]  # Figs. 8, 6 and 7


@pytest.mark.parametrize(
    ("path", "value", "error", "message"),
    [
        ("recipe.epoch", 1, ValueError, "Did you mean 'epochs'"),
        ("recipe.epochs", 1.5, TypeError, "epochs of Recipe must be"),
        ("recipe.schedule", 0.1, TypeError, "schedule of Recipe must be"),
        ("prune_seeds", (0.5,), TypeError, "prune_seeds of Experiment must be"),
        ("prune_seeds", (1, 1), ValueError, "different numbers"),
        ("model", "vgg16", ValueError, "Did you mean 'vgg16_bn'"),
        ("metrics", ("ckaa",), ValueError, "Did you mean 'cka'"),
        ("name", "../../x", ValueError, "name must be letters"),
        ("width", float("nan"), ValueError, "width of Experiment must be finite, got nan"),
        ("train_images", -5, ValueError, "train_images must be at least 1, got -5"),
        ("classes", (0, 1, 0), ValueError, "at least two, all different"),
        ("masks_of", "vgg_svhn", ValueError, r"masks_of needs pruning\.levels"),
    ],
)
def test_wrong_changes_are_refused(path, value, error, message):
    with pytest.raises(error, match=message):
        with_values(PAPER["vgg16_bn"], {path: value})


def test_unknown_profile_experiment_and_chapter_get_a_hint():
    with pytest.raises(ValueError, match="Did you mean 'smoke'"):
        declared_study("smok")
    with pytest.raises(
        ValueError, match=r"Did you mean 'vgg16_bn_recipe'.*: .*, \.\.\. \("
    ) as error:
        PROFILES["smoke"].experiment("vgg16_bnrecipe")
    assert len(str(error.value)) < 200
    with pytest.raises(ValueError, match="Did you mean 'icpram2020'"):
        declared_study("tiny", chapter="icpram2021")


def test_published_tables_bear_the_names_that_are_declared():
    for file in ROOT.glob("results/chapters/*/*/similarity.parquet"):
        names = CATALOGUE.names_of(file.parent.name)
        found = pd.read_parquet(file, columns=list(names)).drop_duplicates()
        assert found.to_dict("records") == [names], file


def test_what_pages_read_of_kept_networks_is_measured_on_the_digits_too():
    assert all({"smoke", "laptop"} <= of_profiles.keys() for of_profiles in ANALYSES.values())


@pytest.mark.parametrize("chapter", CATALOGUE.chapters)
def test_there_are_as_many_digits_as_networks_are_trained_and_compared_on(chapter):
    study = declared_study("smoke", chapter=chapter)
    needs = {(e.classes, e.train_images, e.probe): e for e in study.experiments.values()}
    for experiment in needs.values():
        images = PreparedExperiment.load(experiment, "", "cpu").probe_images()
        assert len(images) == experiment.probe.images


@pytest.mark.parametrize(
    ("name", "chapter"), [("conv4_six", "icpram2020"), ("lenet5", "icann2020")]
)
def test_networks_without_normalisation_learn_the_digits(name, chapter):
    experiment = declared_study("smoke", chapter=chapter).experiments[name]
    setting = PreparedExperiment.load(experiment, "", "cpu")
    network = setting.new_network(0)
    training = Training(network, setting.dataset, experiment.recipe, 0)
    while not training.finished:
        training.run_epoch()
    assert evaluate(network, setting.dataset.test, setting.dataset)[0] > 0.7


@pytest.mark.parametrize(("profile", "digest"), [("laptop", "94c75e09ad"), ("paper", "a68130aa8e")])
def test_the_folders_of_jobs_that_take_days_stay_where_they_are(profile, digest):
    """Whoever changes a declaration changes this line too, and knows what is computed again."""
    studies = [declared_study(profile, ".", chapter=name) for name in CATALOGUE.chapters]
    pages = {str(job.page) for study in studies for job in study.jobs()}
    assert hashlib.sha256("\n".join(sorted(pages)).encode()).hexdigest()[:10] == digest


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chapter", CATALOGUE.chapters)
def test_processes_do_each_job_once_and_never_wait_for_each_other(profile, chapter):
    study = declared_study(profile, ".", chapter=chapter)
    processes = study.processes()
    of = {job: n for n, jobs in enumerate(processes) for job in jobs}
    assert [*of] == sorted(study.jobs(), key=[*of].index)
    needs = {n: {of[o] for j in jobs for o in j.needs} for n, jobs in enumerate(processes)}
    TopologicalSorter({n: others - {n} for n, others in needs.items()}).prepare()
    for jobs in processes:  # in an order in which they can be done
        needed = [(job, other) for job in jobs for other in job.needs if other in jobs]
        assert all(jobs.index(other) < jobs.index(job) for job, other in needed)
    if not study.profile.takes_minutes:  # and what takes long shares no process
        assert all(job.analysis for jobs in processes for job in jobs[1:])


def test_a_job_is_found_by_its_name():
    study = declared_study("laptop", ".", chapter="converged")
    for job in study.jobs():
        assert study.job(job.name) == job
    for wrong in (
        "vgg_svhn",
        "vgg_svhn t-1",
        "vgg_svhn t0-p-1",
        "vgg_svhn t0-p0-o1",
        "vgg_svhn tx",
    ):
        with pytest.raises(ValueError, match=f"'{wrong}' names no job"):
            study.job(wrong)
