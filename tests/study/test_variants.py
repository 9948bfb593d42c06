"""The variants of the paper's experiments: each differs from its base as its name says."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
import torch

import lib.study.work as work
from lib.commands.collect import collect
from lib.declared import CATALOGUE, PROFILES
from lib.pruning import Mask
from lib.study.declarations import Chapter, Value
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.study import Study
from lib.study.task import load_complete, load_mask, read_tensors
from lib.study.work import run_job
from lib.training import Training

from ..made_up import nested

pytestmark = pytest.mark.usefixtures("quick_jobs")

BASE, TINY = "vgg_svhn", PROFILES["tiny"]
LESS = {
    "train_images": 64,
    "metrics": ("svcca",),
    "output_metrics": (),
    "permutations": 0,
}
CHANGES = {
    BASE: TINY.changes[BASE] | {path: Value(less, "a test") for path, less in LESS.items()},
    f"{BASE}_synflow_to_collapse": {"pruning.levels": Value((0.1, 0.03), "a test")},
}
QUICK = replace(
    TINY,
    catalogue=replace(
        CATALOGUE,
        declared=(
            *CATALOGUE.declared,
            Chapter(name="quick", experiments=(), changes={TINY.name: CHANGES}),
        ),
    ),
)
"""The tiny study with fewer images, and next to no comparisons."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("variants")


@pytest.fixture(scope="module")
def trainings():
    """{experiment: what each of its re-trainings began with}, of those done so far."""
    return {}


def watched(seen):
    """A training that tells `seen` how it began and ended, if it keeps something at zero."""

    class Watched(Training):
        def __init__(self, model, *rest, **more):
            super().__init__(model, *rest, **more)
            self.pruned = rest[3] is not None
            if self.pruned:
                start = {k: v.clone() for k, v in model.state_dict().items()}
                seen.append({"start": start, "rates": [], "recipe": self.recipe})

        def run_epoch(self):
            epoch = super().run_epoch()
            if self.pruned:
                seen[-1]["rates"].append(epoch.learning_rate)
                seen[-1]["end"] = {k: v.clone() for k, v in self.model.state_dict().items()}
            return epoch

    return Watched


def named(suffix):
    return f"{BASE}_{suffix}" if suffix else BASE


@pytest.fixture
def do(folder, trainings, monkeypatch):
    """Do all jobs of a variant; returns the study and what each re-training began with."""

    def done(suffix):
        study = Study(QUICK, folder, [named(suffix)])
        for job in study.jobs():
            seen = trainings.setdefault(job.experiment, [])
            monkeypatch.setattr(work, "Training", watched(seen))
            run_job(job, device="cpu")
        return study, trainings[named(suffix)]

    return done


def masks(study, suffix):
    job = study.job(f"{named(suffix)} t0-p0")
    return [load_mask(job, i + 1) for i in range(job.declared_experiment.pruning.iterations)]


def table(study, suffix, name="performance"):
    which = "o" if suffix == "untrained" else "p"
    return study.job(f"{named(suffix)} t0-{which}0").table(name)


def same(state, other, mask):
    """Whether surviving weights and all else are equal, and the rest is 0."""
    return all(
        torch.equal(value, torch.where(mask.kept[name], other[name], 0.0))
        if name in mask.kept
        else torch.equal(value, other[name])
        for name, value in state.items()
    )


def setting_of(study, suffix):
    return PreparedExperiment.load(study.experiment(named(suffix)), "", "cpu")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_variant_is_declared_at_every_size(profile):
    found = PROFILES[profile]
    for name in CATALOGUE.variants:
        variant, base = found.experiment(name), found.experiment(CATALOGUE.variants[name].base)
        assert variant.name == name
        about = f"variant: {CATALOGUE.variants[name].about}"
        rows = found.hyperparameters(name)
        assert all(bool(row["why"]) == (row["value"] != row["paper"]) for row in rows), name
        own = [row for row in rows if row["why"] == about]
        assert len(own) >= 2, name  # the name and something else
        # what the images look like is data; a variant may differ in it, as in its labels
        as_base = replace(variant.recipe, augmentation=base.recipe.augmentation)
        assert as_base == base.recipe, name


def test_survivors_keep_their_values_and_the_whole_schedule_starts_again(do):
    """Learning-rate rewinding."""
    study, seen = do("")
    before = load_complete(study.job(f"{BASE} t0"), setting_of(study, "")).state_dict()
    recipe = study.experiment(BASE).recipe
    for iteration, mask in zip(seen, masks(study, ""), strict=True):
        assert mask.remaining < 1
        assert same(iteration["start"], before, mask)
        assert iteration["rates"] == [recipe.schedule(epoch) for epoch in range(recipe.epochs)]
        before = iteration["end"]
        assert not any(before[name][~kept].any() for name, kept in mask.kept.items())


def test_untrained_networks_are_no_descendants(do):
    study, seen = do("untrained")
    assert not seen
    similarity = table(study, "untrained", "similarity")
    assert set(similarity.iteration) == {0}
    assert similarity[similarity.metric == "svcca"].value.max() < 0.99
    assert table(study, "untrained").epochs.tolist() == [0]


def test_independent_networks_are_compared_once_a_pair(do):
    study, _ = do("independent")
    runs = [job for job in study.jobs() if job.is_run]
    assert [(job.train_seed, job.other_seed) for job in runs] == [(0, 1), (0, 2), (1, 2)]
    own = [job for job in study.jobs() if not job.is_run]
    assert {job.experiment for job in own} == {BASE}  # trained alike, so shared
    collect(study)
    folder = study.results / f"{BASE}_independent"
    performance = pd.read_parquet(folder / "performance.parquet")
    assert performance.train_seed.tolist() == [0, 1, 2]
    assert set(performance.experiment) == {f"{BASE}_independent"}
    similarity = pd.read_parquet(folder / "similarity.parquet")
    assert similarity.groupby(["train_seed", "other_seed"]).ngroups == 3


def test_the_complete_network_trained_as_long_loses_nothing(do):
    study, seen = do("trained_as_long")
    assert table(study, "trained_as_long").remaining.tolist() == [1, 1]
    setting = setting_of(study, "trained_as_long")
    complete = load_complete(study.job(f"{BASE} t0"), setting).state_dict()
    assert same(seen[0]["start"], complete, Mask({}))
    assert same(seen[1]["start"], seen[0]["end"], Mask({}))


def test_random_masks_are_as_dense_as_those_of_the_base_layer_by_layer(do):
    study, _ = do("random_masks")
    base, random = masks(study, ""), masks(study, "random_masks")
    assert len(base) == len(random) == 2
    for mine, theirs in zip(base, random, strict=True):
        assert mine.densities == theirs.densities
        d = mine.remaining
        assert mine.jaccard(theirs) == pytest.approx(d / (2 - d), abs=0.1)
    assert nested(random[1], random[0])


@pytest.mark.parametrize("suffix", ["weight_rewind", "random_at_init"])
def test_survivors_go_back_to_their_initial_values(do, suffix):
    study, seen = do(suffix)
    initial = setting_of(study, suffix).new_network(0).state_dict()
    first, second = masks(study, suffix)
    assert nested(second, first)
    assert second.remaining < first.remaining < 1
    for iteration, mask in zip(seen, (first, second), strict=True):
        assert same(iteration["start"], initial, mask)


@pytest.mark.parametrize(
    ("suffix", "remaining", "epochs"),
    [
        ("one_shot", [0.64], [2]),  # as sparse as after two iterations, at once
        ("fine_tune", [0.8, 0.64], [2, 2]),
    ],
)
def test_how_sparse_and_how_long(do, suffix, remaining, epochs):
    study, seen = do(suffix)
    assert table(study, suffix).remaining.tolist() == pytest.approx(remaining, abs=1e-3)
    assert table(study, suffix).epochs.tolist() == [len(run["rates"]) for run in seen] == epochs
    if suffix == "fine_tune":
        assert {rate for run in seen for rate in run["rates"]} == {0.001}
    # the complete network is shared
    assert {job.experiment for job in study.jobs() if not job.is_run} == {BASE}


def test_late_resetting_goes_back_to_a_point_of_the_complete_training(do):
    study, seen = do("late_reset")
    point = read_tensors(study.job(f"{BASE}_late_reset t0").folder / "rewind.pt")
    recipe = study.experiment(f"{BASE}_late_reset").recipe
    for iteration, mask in zip(seen, masks(study, "late_reset"), strict=True):
        assert same(iteration["start"], point, mask)
        assert iteration["rates"] == [recipe.schedule(1)]
    assert table(study, "late_reset").epochs.tolist() == [1, 1]


def test_masks_of_the_base_with_new_values(do):
    study, seen = do("masks_again")
    base, again = masks(study, ""), masks(study, "masks_again")
    assert [mask.remaining for mask in again] == [mask.remaining for mask in base]
    for mine, theirs in zip(again, base, strict=True):
        assert mine.jaccard(theirs) == 1
    complete = load_complete(study.job(f"{BASE} t0"), setting_of(study, "masks_again")).state_dict()
    for iteration, mask in zip(seen, again, strict=True):
        for name, kept in mask.kept.items():
            values = iteration["start"][name]
            assert not values[~kept].any()
            assert not torch.isclose(values[kept], complete[name][kept]).any()


def test_random_structures_give_up_what_pruning_found_step_by_step(do):
    """First which weights of a layer, then how many of each; initial values are the same."""
    found = {name: do(name) for name in ("masks_again", "random_layerwise", "random_uniform")}
    starts = {name: seen for name, (_, seen) in found.items()}
    chosen = {name: masks(study, name) for name, (study, _) in found.items()}
    for level in range(2):
        again, layerwise, uniform = (chosen[name][level] for name in found)
        assert again.densities == layerwise.densities != uniform.densities
        assert uniform.remaining == pytest.approx(again.remaining, abs=1e-3)
        for random in (layerwise, uniform):
            d = random.remaining
            assert again.jaccard(random) == pytest.approx(d / (2 - d), abs=0.1)
        own, *others = (starts[name][level]["start"] for name in found)
        for mask, other in zip((layerwise, uniform), others, strict=True):
            for name, kept in mask.kept.items():
                both = kept & again.kept[name]
                assert both.any()
                assert torch.equal(own[name][both], other[name][both])
            unpruned = [name for name in own if name not in mask.kept]
            assert all(torch.equal(own[name], other[name]) for name in unpruned)


def test_rescaled_weights_allow_for_the_density_of_their_layer(do):
    name = "random_layerwise_rescaled"
    (_, plain), (study, rescaled) = do("random_layerwise"), do(name)
    for one, other, mask in zip(plain, rescaled, masks(study, name), strict=True):
        for parameter, value in one["start"].items():
            if parameter in mask.kept:
                value = value / mask.densities[parameter] ** 0.5
            torch.testing.assert_close(other["start"][parameter], value)


def test_trained_from_scratch_as_long_as_the_base_was(do):
    name = "random_layerwise"
    once, (study, seen) = do(name)[1], do(f"{name}_long")
    base, kept = study.experiment(BASE), masks(study, f"{name}_long")
    half = base.pruning.iterations // 2
    assert len(kept) == half + 1
    assert all(mask.jaccard(masks(study, name)[0]) == 1 for mask in kept)
    first, *later = seen
    assert same(first["start"], once[0]["start"], Mask({}))
    for before, after in pairwise([first, *later]):
        assert same(after["start"], before["end"], Mask({}))
    assert table(study, f"{name}_long").epochs.tolist() == [base.recipe.epochs] * (half + 1)


def test_synaptic_flow_at_every_level_is_that_of_the_initial_weights(do):
    name = "synflow_to_collapse"
    study, _ = do(name)
    setting = setting_of(study, name)
    initial, pruning = setting.new_network(0), setting.experiment.pruning
    mask = Mask.complete(initial)
    for iteration, found in enumerate(masks(study, name), 1):
        mask = work.prune(initial, mask, pruning, iteration, setting.evidence(0, 0, iteration))
        assert mask.jaccard(found) == 1
    assert table(study, name).remaining.tolist() == pytest.approx([0.1, 0.03], rel=0.02)


def test_fewer_classes_with_as_many_images_of_each():
    base, few = (PROFILES["laptop"].experiment(name) for name in ("conv4", "conv4_two"))
    assert few.train_images * 10 == base.train_images * 2
    two = PreparedExperiment.load(PROFILES["tiny"].experiment("conv4_two"), "", "cpu")
    assert set(two.dataset.train.labels.tolist()) == {0, 1}
    assert two.new_network(0).out.out_features == 2
