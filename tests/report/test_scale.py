"""The sentences that say where the numbers come from."""

from lib.report.scale import statement

from .made_up import provenance


def test_a_study_under_way_says_so_first():
    smoke = provenance(iterations=5, prune_seeds=2)
    assert "finished" not in statement(smoke)
    smoke["missing"] = ["vgg_svhn, train seed 0, prune seed 2"]
    head = "The study is not finished: 1 of 10 jobs is missing."
    assert statement(smoke, "vgg_svhn").startswith(f"**Scaled-down run.** **{head}** VGG_SVHN at")
    smoke["missing"] *= 3
    assert "3 of 12 jobs are missing" in statement(smoke, "vgg_svhn")


def test_shorter_re_trainings_are_mentioned():
    smoke = provenance(iterations=5, prune_seeds=2)
    row = {"name": "pruning.retraining.epochs", "value": "2"}
    assert "re-trained" not in statement(smoke, "vgg_svhn")
    smoke["experiments"]["vgg_svhn"]["hyperparameters"].append(row)
    assert "re-trained for the last 2 epochs" in statement(smoke, "vgg_svhn")
