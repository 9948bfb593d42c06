"""What decides a result decides its folder's name, and nothing else does."""

from dataclasses import dataclass

import pytest

from lib.study import changed
from lib.study.fingerprint import _canonical, code_digest, complete_fingerprint, run_fingerprint
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
    other = changed(E, path, value)
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
    listed = changed(E, "pruning.levels", (0.1,))
    names = {run_fingerprint(changed(listed, "masks_of", other)) for other in ("", "a", "b")}
    names.add(run_fingerprint(changed(listed, "densities_of", "a")))
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


def test_code_digest_follows_the_engine_not_the_report(tmp_path):
    for package in ("data", "metrics", "models", "pruning", "study", "training", "report"):
        (tmp_path / "lib" / package).mkdir(parents=True)
        (tmp_path / "lib" / package / "a.py").write_text("x = 1\n")
    (tmp_path / "lib" / "analyses" / "one").mkdir(parents=True)
    (tmp_path / "lib" / "seeds.py").write_text("x = 1\n")
    first = code_digest(tmp_path)
    for elsewhere in ("report/a.py", "analyses/one/claims.py"):
        (tmp_path / "lib" / elsewhere).write_text("x = 2\n")
        assert code_digest(tmp_path) == first
    for engine in ("metrics/a.py", "analyses/one/a.py", "seeds.py"):
        (tmp_path / "lib" / engine).write_text("x = 2\n")
        assert code_digest(tmp_path) != first
        first = code_digest(tmp_path)
