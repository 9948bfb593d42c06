"""A slice is a part of the paper's study: fewer networks, the same recipes."""

import pytest

from benchmarks.slices import SLICES, main, part, work
from lib.book.report.results import load_results
from lib.catalogue import load_profile
from lib.study.fingerprint import complete_fingerprint, networks_fingerprint
from lib.study.study import Study
from tests.study.made_up_jobs import pretend


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_has_the_recipe_and_the_scale_of_the_paper(name):
    chosen, paper = SLICES[name], load_profile("paper")
    study = Study(part("paper", chosen), experiments=chosen.experiments)
    assert not study.profile.scaled_down
    for experiment in chosen.experiments:
        mine, whole = study.experiment(experiment), paper.experiment(experiment)
        assert complete_fingerprint(mine) == complete_fingerprint(whole)
        assert mine.pruning == whole.pruning
        assert (mine.train_seeds, mine.prune_seeds) == (chosen.train_seeds, (0,))
        assert mine.permutations_at(1) == 0
        assert mine.permutations_at(20) == 30
        rows = {row["name"]: row for row in study.profile.hyperparameters(experiment)}
        assert rows["prune_seeds"]["why"]
        few = part("paper", chosen, images=1000).experiment(experiment)
        assert (few.probe.images, mine.probe.images) == (1000, 5000)
        # so that none is trained again
        assert networks_fingerprint(few) == networks_fingerprint(mine)
    runs = len(chosen.train_seeds) * len(chosen.experiments)
    assert [job.kind for job in study.jobs()].count("run") == runs
    assert not any(job.analysis for job in study.jobs())


def test_a_slice_goes_on_with_what_is_left_and_leaves_its_tables(tmp_path, capsys):
    command = ["resnet_fast", "--profile", "tiny", "--device", "cpu", "--folder", str(tmp_path)]
    command += ["--train-seeds", "5", "--iterations", "1"]
    assert main([*command, "--minutes", "0"]) == 0
    output = capsys.readouterr().out
    assert "3 jobs are not done" in output
    assert "The tables" not in output
    chosen = SLICES["resnet_fast"]
    study = Study(part("tiny", chosen, [5], 1), tmp_path, chosen.experiments)
    for job in study.jobs():
        pretend(study, job)
    assert main(command) == 0
    assert "not done" not in capsys.readouterr().out
    results = load_results(tmp_path / "partial" / "results")
    assert results.provenance["missing"] == []
    for name in chosen.experiments:
        assert results.settings(name)["runs"] == [[5, 0]]
        assert set(results.of(name, "similarity").iteration) == {1}


def test_a_job_that_fails_is_named(tmp_path):
    study = Study(part("paper", SLICES["vgg16_bn"]), tmp_path, ["vgg16_bn"])
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cifar10.npz").write_text("no archive")
    with pytest.raises(RuntimeError, match="vgg16_bn.*complete network: ValueError: .*is dam"):
        work(study, str(tmp_path / "data"), "cpu", 1, 600)
