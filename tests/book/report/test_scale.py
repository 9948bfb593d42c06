"""The sentence that says where the numbers come from."""

from lib.book.report.scale import statement
from lib.table_schemas import OFFICIAL

from .made_up import provenance

DIGITS = "small handwritten digits, not CIFAR-10 or SVHN"


def test_networks_widths_and_numbers_are_put_together():
    study = provenance(iterations=5, prune_seeds=2)
    ours = "at 1/8 of the paper's width, 1 complete network"
    assert statement(study, "vgg_svhn") == (
        f"Scaled-down run on {DIGITS}: VGG_SVHN {ours}, 5 iterations of pruning."
    )
    chapter = study | {"chapter": "wacv2020"}
    assert ": VGG_SVHN at 1/8 of full width, " in statement(chapter, "vgg_svhn")
    vgg16, svhn = (study["experiments"][name] for name in ("vgg16_bn", "vgg_svhn"))
    vgg16 |= {"width": 0.5, "runs": [[0, 0], [1, 0], [1, 1]], "iterations": 7}
    assert statement(study, "vgg16_bn", "vgg_svhn") == (
        f"Scaled-down run on {DIGITS}: VGG16_BN and VGG_SVHN at 1/8 to 1/2 of the paper's width, "
        "1 to 2 complete networks each, 5 to 7 iterations of pruning."
    )
    svhn |= {"dataset": "svhn", "width": 1, "dataset_description": "SVHN: a third of it."}
    study["scaled_down"] = False
    assert statement(study, "vgg_svhn").startswith(
        "Full-scale run on parts of SVHN: VGG_SVHN at the paper's width, 1 complete network, "
    )
    svhn["dataset_description"] = f"SVHN: {OFFICIAL}."
    assert statement(study, "vgg_svhn").startswith("Full-scale run on SVHN: ")


def test_networks_that_are_not_pruned_are_said_to_be_none():
    study = provenance(iterations=5, prune_seeds=2)
    study["experiments"]["vgg_svhn"]["against"] = "untrained"
    assert statement(study, "vgg_svhn").endswith("1 complete network, none of them pruned.")
    assert statement(study, "vgg_svhn", "vgg16_bn").endswith("5 iterations of pruning.")


def test_missing_jobs_are_said_first_and_shorter_re_trainings_last():
    study = provenance(iterations=5, prune_seeds=2)
    row = {"name": "pruning.retraining.epochs", "value": "None"}
    study["experiments"]["vgg_svhn"]["hyperparameters"].append(row)
    assert statement(study).startswith("Scaled-down run")
    assert statement(study).endswith("of pruning.")
    row["value"] = "2"
    for names in ((), ("vgg_svhn", "vgg_svhn")):
        shorter = "Re-trainings of VGG_SVHN are shorter than the training."
        assert statement(study, *names).endswith(f"of pruning. {shorter}")
    for jobs, said in ((1, "9 of 10 jobs"), (3, "9 of 12 jobs")):
        study["missing"] = ["vgg_svhn, train seed 0, prune seed 2"] * jobs
        assert statement(study, "vgg_svhn").startswith(
            f"{said} of this study are done. Scaled-down"
        )
