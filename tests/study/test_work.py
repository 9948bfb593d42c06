"""What a job has to do is counted: more of one thing costs more of that, and of nothing else."""

import math
from collections import Counter

import pytest

from benchmarks.jobs import load
from lib.chapters.icann2020.landscape_job import Landscape
from lib.chapters.icann2020.potentials_job import Potentials
from lib.models import build_model
from lib.pruning import LearningRateRewind, Mask, Pruning, WeightRewind, prune
from lib.study import changed
from lib.study.networks import save_network
from lib.study.paper import PAPER
from lib.study.robustness import Robustness
from lib.study.work import (
    UNITS,
    comparison_work,
    disk_bytes,
    image_counts,
    memory_held,
    network,
    retraining_epochs,
    training_work,
    work,
)

E = PAPER["vgg_svhn"]
TESTED = (1000, 500)


def test_vgg16_by_hand():
    """A 3x3 convolution multiplies 9 c_in c_out times at each position."""
    channels = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    sides = [32, 32, 16, 16, 8, 8, 8, 4, 4, 4, 2, 2, 2]
    pairs = zip(channels, channels[1:], sides, strict=False)
    by_hand = sum(9 * before * after * side**2 for before, after, side in pairs)
    found = network(PAPER["vgg16_bn"])
    assert found.flop == 2 * (by_hand + 512 * 10)
    assert found.weights == 14_710_464
    assert sum(map(math.prod, found.shapes)) == 307_722


def test_the_work_of_measured_jobs_of_the_paper_is_counted_again():
    table = load().query("profile == 'paper'")
    for row, run in zip(table.to_dict("records"), table.prune_seed.notna(), strict=True):
        kind = "run" if run else "complete"
        # these jobs had two permutations at each of 20 iterations, not all at the last
        measured = changed(PAPER[row["experiment"]], "permutations", 40)
        found = work(measured, kind, counts=(40_000, 10_000))
        assert {unit: found[unit] for unit in UNITS} == pytest.approx(
            {unit: row[unit] for unit in UNITS}, rel=1e-5
        )


def test_a_run_is_its_trainings_and_its_comparisons():
    ten = changed(changed(E, "pruning.iterations", 10), "permutations", 0)
    once = training_work(ten, "complete", image_counts(ten))
    compared = comparison_work(ten, 10, ten.probe.images, ten.metrics, ten.also)
    expected = sum([once] * 10, compared + Counter(starts=1))
    assert dict(work(ten, "run")) == pytest.approx(dict(expected))
    assert work(ten, "complete") == once + Counter(starts=1)


@pytest.mark.parametrize("against", ["untrained", "complete"])
def test_a_control_trains_nothing_and_keeps_no_network(against):
    control = changed(changed(E, "train_seeds", (0, 1)), "against", against)
    assert work(control, "run")["steps"] == 0
    assert 0 < work(control, "run")["factors"] < work(E, "run")["factors"]
    assert disk_bytes(control, "run") == 0


def test_the_epochs_follow_the_kind_of_retraining():
    steps = -(-73_257 // 50)
    for retraining, epochs in (
        (LearningRateRewind(), 15),
        (LearningRateRewind(2), 2),
        (WeightRewind(3), 12),
    ):
        found = list(retraining_epochs(changed(E, "pruning.retraining", retraining), 73_257))
        assert found == [pytest.approx(epochs, abs=1 / steps)] * 20


def test_a_null_costs_factorisations_and_doubling_the_images_costs_eight_times_as_many():
    plain = comparison_work(E, 1, 100, ("nbs",))["factors"]
    assert comparison_work(E, 1, 100, ("nbs",), permutations=2)["factors"] == 3 * plain
    # the output layer stays ten wide
    assert 7 < comparison_work(E, 1, 200, ("nbs",))["factors"] / plain <= 8


def test_the_part_of_a_data_set_that_is_used():
    assert image_counts(E) == (73_257, 26_032)
    assert image_counts(changed(E, "train_images", 24_000)) == (24_000, 26_032)
    assert image_counts(changed(PAPER["vgg16_bn"], "classes", (0, 1, 2, 3))) == (20_000, 4_000)


def test_the_work_of_an_analysis_grows_with_what_it_asks():
    def units(analysis, experiment=E):
        return work(experiment, "analysis", analysis, TESTED)

    short, probes = changed(E, "pruning.iterations", 10), Potentials((10, 20))
    assert units(probes)["signs"] / units(probes, short)["signs"] == pytest.approx(3 / 2)
    wide, narrow = Landscape((1,), images=2000), Landscape((1,))
    assert units(wide)["curvature"] == 2 * units(narrow)["curvature"]
    many, few = (units(Robustness((1,), images=n)) for n in ((500,), (100,)))
    assert many["factors"] > few["factors"]


def test_memory_grows_with_the_images_up_to_the_limit_of_a_comparison():
    few, many, most = (
        memory_held(changed(E, "probe.images", n), "run") for n in (1000, 2000, 100_000)
    )
    assert many["recorded"] == 2 * few["recorded"]
    assert most["recorded"] == 4096
    assert memory_held(E, "complete")["recorded"] == 0 < memory_held(E, "complete")["batch"]


def test_the_disk_space_of_a_run_is_that_of_the_files_it_keeps(tmp_path):
    short = changed(E, "pruning", Pruning(iterations=2, fraction=0.5))
    built = build_model("vgg_svhn")
    mask = Mask.complete(built)
    for iteration in (1, 2):
        mask = prune(built, mask, short.pruning, iteration)
        save_network(tmp_path, iteration, built, mask)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.pt"))
    assert disk_bytes(short, "run") == pytest.approx(size, rel=0.15)
