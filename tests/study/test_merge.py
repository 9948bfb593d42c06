"""Experiments of a study take the place of published ones; all others stay as they are."""

import pandas as pd
import pytest

from lib.analyses.robustness.tables import ROBUSTNESS
from lib.book.report.results import load_results
from lib.catalogue import declared_study
from lib.commands.collect import collect, destination
from lib.commands.merge import merge
from lib.integrity import seal
from lib.study.job import Job

from .made_up_jobs import pretend, provenance, with_seeds

BASE, CONTROL, OTHER = "vgg_svhn", "vgg_svhn_trained_as_long", "resnet_fast"
NAMES = (BASE, OTHER, CONTROL)
CHAPTER, ENDED = "converged", "resnet_fast_converged"
ANALYSED = ("vgg16_bn_converged", "vgg16_bn_converged_trained_as_long", ENDED)
"""Experiments of a chapter, whose networks are analysed in many ways."""
GROUPS = ("resnet_fast_grounded_unaltered", "resnet_fast_grounded_labels_25")
"""Variants of one network that train complete networks of their own."""
OF_CHAPTERS = {CHAPTER: ANALYSED, "grounded": GROUPS}


def made_up(folder, names=NAMES, seeds=(0, 1), **changes):
    """The results of a study of some experiments, all of the main study or all of a chapter."""
    chapter = next((name for name, own in OF_CHAPTERS.items() if {*names} <= {*own}), "")
    study = with_seeds(declared_study("laptop", folder, names, chapter), train_seeds=seeds)
    for job in study.jobs():
        pretend(study, job, **changes)
    return collect(study)


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.parquet")}


def edit(folder, change):
    found = provenance(folder)
    change(found)
    seal(folder, found)


def with_other_networks(folder, shift=0.5):
    """The same study, as if its complete networks had other accuracies."""
    path = folder / "performance.parquet"
    rows = pd.read_parquet(path)
    rows.assign(accuracy=rows.accuracy + shift * rows.prune_seed.isna()).to_parquet(path)
    edit(folder, lambda found: None)
    return folder


def of_one_seed(found):
    """A study declares the seeds that it has."""
    for experiment in found["experiments"].values():
        [row] = [row for row in experiment["hyperparameters"] if row["name"] == "train_seeds"]
        row["value"] = "(1,)"


@pytest.mark.parametrize(("names", "other"), [(NAMES, OTHER), (ANALYSED, ENDED)])
def test_a_study_published_in_parts_is_the_one_published_at_once(tmp_path, names, other):
    seeds = (0, 1, 2)  # with those of networks that analyses compare with
    whole = made_up(tmp_path / "whole", names, seeds)
    first = made_up(tmp_path / "first", (other,), seeds)
    rest = tuple(name for name in names if name != other)
    merge(first, made_up(tmp_path / "second", rest, seeds), tmp_path / "merged")
    assert content(tmp_path / "merged") == content(whole)
    assert provenance(tmp_path / "merged") == provenance(whole)


def test_replaced_experiments_go_entirely_and_nothing_else_changes(tmp_path):
    base, control, _ = ANALYSED
    published = made_up(tmp_path / "published", ANALYSED, (0, 1, 2), revision="old")
    new = made_up(tmp_path / "new", (base, control), revision="new")
    before = content(published)
    merge(published, new, tmp_path / "merged")
    assert content(published) == before
    results = load_results(tmp_path / "merged")
    assert results.settings(base)["train_seeds"] == [0, 1]
    assert results.settings(ENDED)["train_seeds"] == [0, 1, 2]
    file = f"similarity/{ENDED}.parquet"
    assert (tmp_path / "merged" / file).read_bytes() == (published / file).read_bytes()
    for name, runs in results.similarity.groupby("experiment"):
        assert set(runs.train_seed) == set(results.settings(name)["train_seeds"])
    robustness = results.table(ROBUSTNESS)
    for name, found in (("robustness", robustness), ("performance", results.performance)):
        old = pd.read_parquet(published / f"{name}.parquet")
        same = [
            rows[rows.experiment == ENDED].reset_index(drop=True)
            for rows in (old, found.drop(columns="run_seed"))
        ]
        pd.testing.assert_frame_equal(*same)
    revisions = {job["experiment"]: job["revision"] for job in results.provenance["jobs"]}
    assert revisions == {base: "new", control: "new", ENDED: "old"}


@pytest.mark.parametrize("damaged", ["published", "new"])
@pytest.mark.parametrize("file", ["density.parquet", f"similarity/{OTHER}.parquet"])
def test_damage_is_not_merged_and_sealed_again(tmp_path, damaged, file):
    folders = {name: made_up(tmp_path / name) for name in ("published", "new")}
    path = folders[damaged] / file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=f"{path} is damaged"):
        merge(*folders.values(), tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_complete_networks_are_added_on_request(tmp_path):
    whole = made_up(tmp_path / "whole", (BASE, CONTROL), (0, 1, 2))
    published = made_up(tmp_path / "published", (BASE, CONTROL), (0, 2))
    new = made_up(tmp_path / "new", (BASE, CONTROL), (1,))
    edit(new, of_one_seed)
    merge(published, new, tmp_path / "merged", add=True)
    assert content(tmp_path / "merged") == content(whole)
    for name in (BASE, CONTROL):
        found = provenance(tmp_path / "merged")["experiments"][name]
        expected = provenance(whole)["experiments"][name]
        assert found == expected
    key = ("experiment", "train_seed", "prune_seed", "analysis")
    jobs, merged = (
        [tuple(job[part] for part in key) for job in provenance(folder)["jobs"]]
        for folder in (whole, tmp_path / "merged")
    )
    assert len(merged) == len(set(merged))
    assert set(merged) == set(jobs)


def test_runs_of_another_recipe_are_not_added(tmp_path):
    published = made_up(tmp_path / "published", (BASE,), (0,))
    new = made_up(tmp_path / "new", (BASE,), (1,))

    def longer(found):
        [row] = [
            r for r in found["experiments"][BASE]["hyperparameters"] if r["name"] == "recipe.epochs"
        ]
        row["value"] = "99"

    edit(new, longer)
    with pytest.raises(ValueError, match="cannot be added .* recipe.epochs differ"):
        merge(published, new, tmp_path / "merged", add=True)
    assert not (tmp_path / "merged").exists()
    merge(published, new, tmp_path / "merged")  # they may replace the published ones


def test_a_hyperparameter_that_was_declared_since_was_at_full_scale_before(tmp_path):
    published = made_up(tmp_path / "published")
    new = made_up(tmp_path / "new", seeds=(2,))
    path = "pruning.scoring_images"

    def without(found):
        for setting in found["experiments"].values():
            rows = setting["hyperparameters"]
            setting["hyperparameters"] = [row for row in rows if row["name"] != path]

    def fewer(found):
        for row in found["experiments"][BASE]["hyperparameters"]:
            row["value"] = "500" if row["name"] == path else row["value"]

    edit(published, without)
    merge(published, new, tmp_path / "merged", add=True)
    edit(new, fewer)
    with pytest.raises(ValueError, match=f"{path} differ"):
        merge(published, new, tmp_path / "refused", add=True)


def test_other_data_are_refused(tmp_path):
    published = made_up(tmp_path / "published", (OTHER, "vgg16_bn"))
    new = made_up(tmp_path / "new", (OTHER,), dataset_sha256="1" * 64)
    with pytest.raises(ValueError, match="saw different data: the SHA-256 of cifar10"):
        merge(published, new, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_another_profile_is_refused(tmp_path):
    published, new = (made_up(tmp_path / name, (BASE,)) for name in ("published", "new"))
    edit(new, lambda found: found.update(profile="smoke"))
    with pytest.raises(ValueError, match="the profile .* is 'laptop', that of the new .* 'smoke'"):
        merge(published, new, tmp_path / "merged")


@pytest.mark.parametrize("alone", [BASE, CONTROL])
def test_a_network_and_its_variants_are_published_together(tmp_path, alone):
    published, new = made_up(tmp_path / "published"), made_up(tmp_path / "new")
    new = with_other_networks(new)
    other = CONTROL if alone == BASE else BASE
    edit(new, lambda found: found["experiments"].pop(other))
    edit(new, lambda found: found["experiments"].pop(OTHER))
    with pytest.raises(ValueError, match=f"^{alone} would appear beside {other} of .*EXPERIMENTS"):
        merge(published, new, tmp_path / "merged")
    with pytest.raises(ValueError, match=f"^{alone} would appear beside {other}"):
        merge(published, new, tmp_path / "merged", add=True)
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize("add", [False, True])
def test_a_variant_of_the_published_complete_networks_joins_them(tmp_path, add):
    published = made_up(tmp_path / "published", (BASE,), revision="old")
    new = made_up(tmp_path / "new", (CONTROL,), revision="new")
    with_other_networks(new, 1e-9)  # by rounding, on another machine
    merge(published, new, tmp_path / "merged", add)
    assert set(load_results(tmp_path / "merged").similarity.experiment) == {BASE, CONTROL}
    jobs = provenance(tmp_path / "merged")["jobs"]
    assert {job["experiment"]: job["revision"] for job in jobs} == {BASE: "old", CONTROL: "new"}

    def further(found):
        rows = found["experiments"][BASE]["hyperparameters"]
        [row] = [row for row in rows if row["name"] == "pruning.iterations"]
        row["value"] = "99"

    edit(published, further)
    with pytest.raises(ValueError, match=f"^{CONTROL} would appear beside {BASE}"):
        merge(published, new, tmp_path / "again", add)


def test_a_variant_with_complete_networks_of_its_own_may_be_done_again_alone(tmp_path):
    beside, alone = GROUPS
    published = made_up(tmp_path / "published", GROUPS, revision="old")
    new = with_other_networks(made_up(tmp_path / "new", (alone,), revision="new"))
    merge(published, new, tmp_path / "merged")
    jobs = provenance(tmp_path / "merged")["jobs"]
    revisions = {job["experiment"]: job["revision"] for job in jobs}
    assert (revisions[beside], revisions[alone]) == ("old", "new")

    edit(new, lambda found: found["experiments"][alone]["hyperparameters"][0].update(value="no"))
    with pytest.raises(ValueError, match=f"^{alone} would appear beside {beside} of another"):
        merge(published, new, tmp_path / "again")


def test_further_complete_networks_of_one_experiment_are_added_without_its_controls(tmp_path):
    published = made_up(tmp_path / "published", (BASE, CONTROL), (0, 1))
    merge(published, made_up(tmp_path / "new", (BASE,), (2,)), tmp_path / "merged", add=True)
    results = load_results(tmp_path / "merged")
    assert results.settings(BASE)["train_seeds"] == [0, 1, 2]
    assert results.settings(CONTROL)["train_seeds"] == [0, 1]


def test_the_missing_jobs_of_both_studies_are_listed(tmp_path):
    parts = []
    for name in (BASE, OTHER):
        study = declared_study("laptop", tmp_path / name, [name])
        for job in (Job(name, 0), Job(name, 0, 0)):
            pretend(study, job)
        collect(study, partial=True)
        parts.append(destination(study, partial=True))
    merge(*parts, tmp_path / "merged")
    missing = provenance(tmp_path / "merged")["missing"]
    assert f"{BASE}, train seed 2, prune seed 0" in missing
    assert f"{OTHER}, train seed 2, prune seed 0" in missing
    more = made_up(tmp_path / "more", (BASE,), (2,))
    merge(tmp_path / "merged", more, tmp_path / "added", add=True)
    added = provenance(tmp_path / "added")["missing"]
    assert f"{BASE}, train seed 2, prune seed 0" not in added
    assert f"{BASE}, train seed 1, prune seed 0" in added
    merge(tmp_path / "merged", made_up(tmp_path / "done", (BASE,)), tmp_path / "again")
    assert {job.partition(",")[0] for job in provenance(tmp_path / "again")["missing"]} == {OTHER}
