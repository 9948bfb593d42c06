"""A part of the paper's study: its jobs run side by side until the time is up, and leave tables."""

from functools import partial

import pytest

from benchmarks.slices import main, work
from lib.catalogue import declared_study
from tests.loaded import load_results
from tests.study.made_up_jobs import pretend

NETWORK = "resnet_fast_recipe"


def test_a_part_goes_on_with_what_is_left_and_leaves_its_tables(tmp_path, capsys):
    command = [NETWORK, "--profile", "tiny", "--device", "cpu", "--folder", str(tmp_path)]
    assert main([*command, "--minutes", "0"]) == 0
    output = capsys.readouterr().out
    assert "2 jobs are not done" in output
    assert "The tables" not in output
    study = declared_study("tiny", tmp_path, [NETWORK], "by_recipe")
    for job in study.jobs():
        pretend(study, job)
    assert main(command) == 0
    assert "not done" not in capsys.readouterr().out
    results = load_results(tmp_path / "chapters" / "by_recipe" / "partial" / "results")
    assert results.provenance["missing"] == []
    assert results.settings(NETWORK)["runs"] == [[0, 0]]


def test_a_job_that_fails_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cifar10.npz").write_text("no archive")
    part = partial(declared_study, "paper", tmp_path, ["vgg16_bn_recipe"], "by_recipe")
    first, *others = part().jobs()
    for job in others:
        if first not in part().needs(job):
            pretend(part(), job)
    with pytest.raises(RuntimeError, match="vgg16_bn.*complete network: ValueError: .*is dam"):
        work(part, str(tmp_path / "data"), "cpu", 1, 600)
