"""What decides a result decides its folder's name, and nothing else does."""

import grimp
import pytest

from lib.declared import CATALOGUE, PROFILES, declared_study
from lib.study.experiment import with_values
from lib.study.fingerprint import (
    OF_PAGES,
    ROOMS,
    code_digest,
    complete_fingerprint,
    run_fingerprint,
)
from lib.training import Momentum
from notebooks.shared.paper import PAPER

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
    other = with_values(E, {path: value})
    names = complete_fingerprint, run_fingerprint
    assert tuple(name(other) != name(E) for name in names) == change


def test_whose_masks_are_taken_decides_the_runs():
    listed = with_values(E, {"pruning.levels": (0.1,)})
    names = {run_fingerprint(with_values(listed, {"masks_of": other})) for other in ("", "a", "b")}
    names.add(run_fingerprint(with_values(listed, {"densities_of": "a"})))
    assert len(names) == 4


def test_code_decides_where_the_profile_says_so(tmp_path, monkeypatch):
    for profile, follows in (("smoke", True), ("laptop", False)):
        study, name = declared_study(profile, tmp_path, ["vgg_svhn"]), {}
        for code in ("a", "b"):
            monkeypatch.setattr("lib.study.study.code_digest", lambda source, code=code: code)
            name[code] = study.job("vgg_svhn t0").folder
        assert (name["a"] != name["b"]) == follows


OF_JOBS = ("lib/seeds.py", "lib/study/work.py", "notebooks/flips/job.py", "notebooks/flips/loss.py")
OTHERS = ("lib/report/tables.py", "notebooks/flips/analysis.py", "notebooks/flips/page.py")


@pytest.mark.parametrize("name", OF_JOBS + OTHERS)
def test_an_edit_of_what_a_job_may_execute_changes_its_code(tmp_path, name):
    for file in (tmp_path / name for name in OF_JOBS + OTHERS):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x = 1\n")

    def digests():
        job = tmp_path / "notebooks/flips/job.py"
        return [code_digest.__wrapped__(source, tmp_path / "lib") for source in (None, job)]

    before = digests()
    (tmp_path / name).write_text("x = 2\n")
    changed = [a != b for a, b in zip(digests(), before, strict=True)]
    assert changed == [name in OF_JOBS and name.startswith("lib"), name in OF_JOBS]


def test_no_job_imports_what_does_not_count_as_its_code():
    graph = grimp.build_graph("lib", "notebooks", cache_dir=None)
    analyses = {
        type(analysis).__module__
        for profile in PROFILES.values()
        for name in (*CATALOGUE.bases, *CATALOGUE.variants)
        for analysis in profile.analyses(name).values()
    }
    assert len(analyses) > 10
    for job in ("lib.study.work", *analyses):
        for module in graph.find_upstream_modules(job):
            assert not set(module.split(".")[1:2]) & {*ROOMS}, (job, module)
            assert module.startswith("lib") or f"{module.split('.')[-1]}.py" not in OF_PAGES


def test_a_complete_network_is_shared_by_what_would_train_the_same_one(tmp_path):
    study = declared_study("laptop", tmp_path, ["vgg_svhn", "vgg_svhn_random_masks"])
    control = "vgg_svhn_random_masks"
    assert study.job(f"{control} t0-p0").complete_job().name == "vgg_svhn t0"
    study.experiments[control] = with_values(study.experiment(control), {"width": 0.125})
    assert study.job(f"{control} t0-p0").complete_job().name == f"{control} t0"
