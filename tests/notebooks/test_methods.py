"""Layers of the paper's networks, and the table of deviations from the paper."""

from notebooks.experiments.paper import HYPERPARAMETERS
from notebooks.methods.analysis import deviations, layers_of, one_table


def row(name, value, paper, why=""):
    return {"name": name, "value": value, "paper": paper, "source": "the chapter", "why": why}


def test_layers_have_the_shapes_weights_and_skips_of_the_network():
    layers = layers_of("resnet_fast")
    assert layers.loc["prep", "shape"] == (64, 32, 32)
    assert layers.weights[layers.kind != "out"].sum() == 6_563_520
    assert layers.skip[layers.skip != ""].to_dict() == {"add1": "pool1", "add3": "pool3"}


def test_each_deviation_from_the_paper_has_both_sources():
    rows = [
        row("recipe.epochs", "24", "160", "in a hurry"),
        row("recipe.batch_size", "128", "128"),
        row("pruning.iterations", "4", "4"),
        row("train_seeds", "(0, 1, 2)", "(0, 1, 2)"),
        row("permutations", "10", "30", "in a hurry"),
        row("recipe.augmentation.crop", "0", "4", "to end"),
        row("recipe.augmentation.flip", "False", "True", "to end"),
    ]
    table = deviations("vgg16_bn", "few_images", rows).set_index("What")
    assert list(table.index) == ["epochs", "prunings", "complete networks", "augmentation"]
    assert table.loc["epochs", ["There", "Here", "Why"]].tolist() == [
        "160 (paper, section 4.2)",
        "24",
        "in a hurry",
    ]
    source = HYPERPARAMETERS["vgg16_bn"]["pruning.iterations"].source
    assert table.There["prunings"] == f"20 ({source})"
    assert table.Why["prunings"] == "the chapter"
    assert table.Here["complete networks"] == "3"
    assert table.There["complete networks"].startswith("1 (")
    assert table.There["augmentation"].startswith("crop 4, flip True (")
    assert table.Here["augmentation"] == "none"


def test_deviations_shared_by_networks_are_one_row():
    tables = [
        deviations(network, regime, [row("probe.images", "1000", "5000", "faster")])
        for regime, networks in {
            "few_images": ("vgg16_bn", "resnet_fast"),
            "recipe": ("vgg_svhn",),
        }.items()
        for network in networks
    ]
    [where] = one_table(tables).Where
    assert where == "10,000 images: VGG16_BN, ResNet_fast; paper's recipe: VGG_SVHN"
