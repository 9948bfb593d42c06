"""A study under way, by the command that users run: no job is started, results stay apart."""

import pytest

from lib.catalogue import declared_study
from lib.commands.collect import destination
from lib.study.job import Job

from .commands import snakemake
from .loaded import load_results
from .study.made_up_jobs import pretend

NETWORK = "vgg_svhn"


def make(study):
    config = [f"profile={study.profile.name}", f"folder={study.folder}", f"experiments={NETWORK}"]
    return snakemake("study", "--cores", "1", "--config", *config, "partial=1")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two networks and a run of each are done, without the log pages that Snakemake looks for."""
    study = declared_study("laptop", tmp_path_factory.mktemp("study with a space"), [NETWORK])
    for job in (Job(NETWORK, 0), Job(NETWORK, 1), Job(NETWORK, 0, 0), Job(NETWORK, 1, 0)):
        pretend(study, job)
    return study


def test_the_tables_are_those_of_the_finished_runs_and_grow_with_them(study):
    folder = destination(study, partial=True)
    jobs = sorted(study.folder.glob("jobs/**/*"))
    done = make(study)
    assert done.returncode == 0, done.stdout
    assert load_results(folder).settings(NETWORK)["runs"] == [[0, 0], [1, 0]]
    assert sorted(study.folder.glob("jobs/**/*")) == jobs  # nothing was started
    assert not study.results.exists()

    for job in (Job(NETWORK, 2), Job(NETWORK, 2, 0)):
        pretend(study, job)
    more = make(study)
    assert more.returncode == 0, more.stdout
    assert load_results(folder).settings(NETWORK)["runs"] == [[0, 0], [1, 0], [2, 0]]
