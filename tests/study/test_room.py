"""Disk of kept networks is that of real folders; memory grows with what is held."""

from dataclasses import replace

import pytest

from benchmarks.jobs import jobs_of, load
from lib.study import PassingProbe, changed
from lib.study.paper import PAPER
from lib.study.room import kept_bytes, largest_bytes

E = PAPER["vgg_svhn"]


def test_disk_of_kept_networks_is_that_of_real_folders():
    table = load()
    compared = 0
    for (study, job, _), row in zip(jobs_of(table), table.itertuples(), strict=True):
        declared = study.experiment(job.experiment)
        whole_run = job.is_run and row.networks == declared.pruning.iterations
        # folders that came from another machine have neither all networks nor the rewind point
        if whole_run or (job.prune_seed is None and not any(declared.rewind_point)):
            compared += 1
            assert kept_bytes(declared, job.kind) == pytest.approx(row.kept_bytes, rel=0.15), row
    assert compared > 50


def test_memory_grows_with_the_images_up_to_the_limit_of_a_comparison():
    few, many = (largest_bytes(changed(E, "probe.images", n)) for n in (1000, 2000))
    assert many["recorded"] == 2 * few["recorded"]
    assert largest_bytes(changed(E, "probe.images", 100_000))["recorded"] == 4 << 30


def test_images_that_go_by_take_the_same_memory_however_many():
    asked = {"metrics": ("svcca",), "also": ("gap",), "output_metrics": (), "permutations": 0}
    asked |= {"dimensions": False}
    few, many = (
        largest_bytes(replace(E, probe=PassingProbe(images=n), **asked)) for n in (1000, 20_000)
    )
    assert few == many
    assert many["recorded"] < largest_bytes(changed(E, "probe.images", 20_000))["recorded"]


def test_a_control_keeps_no_network():
    control = changed(changed(E, "train_seeds", (0, 1)), "against", "untrained")
    assert kept_bytes(control, "run") == 0
