"""What decides a result decides its folder's name, and nothing else does."""

import inspect
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib import ROOT
from lib.catalogue import CATALOGUE, PROFILES, declared_study
from lib.imports import needed_files
from lib.study.experiment import with_value
from lib.study.fingerprint import (
    ENGINE,
    _canonical,
    code_digest,
    complete_fingerprint,
    run_fingerprint,
)
from lib.study.job import Job
from lib.study.paper import PAPER
from lib.training import Momentum

E = PAPER["resnet_fast"]


BOTH, RUNS, NEITHER = (True, True), (False, True), (False, False)
"""Whether the name of the complete network changes, and whether that of its runs does."""


@pytest.mark.parametrize(
    ("path", "value", "change"),
    [
        ("model", "vgg16_bn", BOTH),
        ("dataset", "svhn", BOTH),
        ("width", 0.5, BOTH),
        ("train_images", 100, BOTH),
        ("classes", (0, 1), BOTH),
        ("precision", "float64", BOTH),
        ("recipe.epochs", 23, BOTH),
        ("recipe.optimiser", Momentum(), BOTH),
        ("recipe.schedule.rates", (0, 0.3, 0), BOTH),
        ("recipe.augmentation.flip", False, BOTH),
        ("pruning.iterations", 19, RUNS),
        ("pruning.fraction", 0.3, RUNS),
        ("probe.images", 10, RUNS),
        ("probe.split", "train", RUNS),
        ("probe.seed", 1, RUNS),
        ("metrics", ("cka",), RUNS),
        ("output_metrics", (), RUNS),
        ("permutations", 1, RUNS),
        ("densities_of", "another", RUNS),
        # more runs leave the old ones where they are
        ("prune_seeds", (7,), NEITHER),
        ("train_seeds", (7,), NEITHER),
        ("name", "another", NEITHER),
    ],
)
def test_what_decides_the_complete_network_or_its_runs_changes_their_names(path, value, change):
    other = with_value(E, path, value)
    names = complete_fingerprint, run_fingerprint
    assert tuple(name(other) != name(E) for name in names) == change


def test_the_names_of_the_papers_experiments_stay_what_they_were():
    """A change here orphans everybody's results: days of GPU time."""
    names = {n: (complete_fingerprint(e), run_fingerprint(e)) for n, e in PAPER.items()}
    assert names == {
        "vgg16_bn": ("1e3e05aee8", "5d5234f664"),
        "vgg_svhn": ("b98cac1fa9", "bf06f041b5"),
        "resnet_fast": ("561ba89f90", "d0bbd71754"),
    }


def test_whose_masks_are_taken_decides_the_runs():
    listed = with_value(E, "pruning.levels", (0.1,))
    names = {run_fingerprint(with_value(listed, "masks_of", other)) for other in ("", "a", "b")}
    names.add(run_fingerprint(with_value(listed, "densities_of", "a")))
    assert len(names) == 4


def test_a_new_hyperparameter_with_the_old_behaviour_as_default_changes_no_name():
    @dataclass(frozen=True)
    class Old:
        fraction: float = 0.2

    @dataclass(frozen=True)
    class New:
        fraction: float = 0.2
        scope: str = "global"

    New.__name__ = "Old"
    assert _canonical(Old(0.5)) == _canonical(New(0.5))
    assert _canonical(Old(0.5)) != _canonical(New(0.5, "local"))


def test_code_decides_where_the_profile_says_so():
    assert complete_fingerprint(E, "a") != complete_fingerprint(E, "b")
    assert run_fingerprint(E, "a") != run_fingerprint(E, "b")


SOURCES = {
    "lib/__init__.py": "",
    "lib/study/__init__.py": "",
    "lib/study/jobs.py": "from ..metrics import cca\n",
    "lib/metrics/__init__.py": "",
    "lib/metrics/cca.py": "from .linalg import solve\n",
    "lib/metrics/linalg.py": 'def solve():\n    """Solve it."""\n    return 1  # exactly\n',
    "notebooks/flips/job.py": "from notebooks.flips import measure\n",
    "notebooks/flips/measure.py": "x = 1\n",
    "notebooks/flips/analysis.py": "from notebooks.flips.measure import x\n",
    "lib/book/__init__.py": "",
    "lib/book/names.py": "TITLES = {}\n",
}


@pytest.fixture
def digest(tmp_path):
    """The digest of the code of a job, or of that of an analysis, in a small library."""
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def digest(*sources):
        return code_digest(*(tmp_path / source for source in sources), root=tmp_path)

    return digest


JOB = ("lib/study/jobs.py",)
ANALYSIS = (*JOB, "notebooks/flips/job.py")


@pytest.mark.parametrize(
    ("edited", "change"),
    [
        ("lib/study/jobs.py", (True, True)),
        ("lib/metrics/linalg.py", (True, True)),
        ("lib/metrics/__init__.py", (True, True)),
        ("notebooks/flips/job.py", (False, True)),
        ("notebooks/flips/measure.py", (False, True)),
        ("notebooks/flips/analysis.py", (False, False)),
        ("lib/book/names.py", (False, False)),
    ],
)
def test_a_job_follows_what_it_imports_and_nothing_else(digest, tmp_path, edited, change):
    before = digest(*JOB), digest(*ANALYSIS)
    with (tmp_path / edited).open("a") as file:
        file.write("y = 2\n")
    after = digest(*JOB), digest(*ANALYSIS)
    assert tuple(a != b for a, b in zip(after, before, strict=True)) == change


def test_a_comment_or_a_docstring_changes_no_job_but_a_number_does(digest, tmp_path):
    before, file = digest(*JOB), tmp_path / "lib/metrics/linalg.py"
    file.write_text('def solve():\n    """Another sentence."""\n\n    return 1  # roughly\n')
    assert digest(*JOB) == before
    file.write_text("def solve():\n    return 2\n")
    assert digest(*JOB) != before


def test_no_job_of_this_study_imports_the_book():
    """Nor what an analysis decides or says on its page; an edit there trains nothing again."""
    sources = {
        Path(inspect.getfile(type(analysis)))
        for profile in PROFILES.values()
        for name in (*CATALOGUE.bases, *CATALOGUE.variants)
        for analysis in profile.analyses(name).values()
    }
    assert len(sources) > 10
    for source in sources:
        needed = {f.relative_to(ROOT) for f in needed_files([ENGINE, source])}
        assert not {
            file for file in needed if file.parts[:2] in (("lib", "book"), ("lib", "report"))
        }
        of_pages = {file.name for file in needed if file.parts[0] == "notebooks"}
        assert not of_pages & {"analysis.py", "page.py", "catalogue.py"}


def test_equal_numbers_of_two_types_do_not_share_a_name(tmp_path):
    """1 equals 1.0, but results may exist under the names of both."""
    study = declared_study("laptop", tmp_path, ["vgg_svhn"])
    whole, broken = (with_value(study.experiment("vgg_svhn"), "width", width) for width in (1, 1.0))
    for experiment in (whole, broken, whole):
        study.experiments["vgg_svhn"] = experiment
        assert study.fingerprint(Job("vgg_svhn", 0)) == complete_fingerprint(experiment)


def test_a_complete_network_is_shared_by_what_would_train_the_same_one(tmp_path):
    study = declared_study("laptop", tmp_path, ["vgg_svhn", "vgg_svhn_random_masks"])
    control = Job("vgg_svhn_random_masks", 0, 0)
    assert study.complete(control) == Job("vgg_svhn", 0)
    other = with_value(study.experiment(control.experiment), "width", 0.125)
    study.experiments[control.experiment] = other
    assert study.complete(control) == Job(control.experiment, 0)
