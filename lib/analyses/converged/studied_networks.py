"""The names of the networks of this chapter, and of what they are compared with."""

PRUNINGS = 4

CONVERGED_NETWORKS = {
    "vgg16_bn": "vgg16_bn_wide",
    "vgg_svhn": "vgg_svhn_wide",
    "resnet_fast": "resnet_fast_wide",
}
SLIM_NETWORKS = {
    "vgg16_bn": "vgg16_bn_converged",
    "vgg_svhn": "vgg_svhn_converged",
    "resnet_fast": "resnet_fast_converged",
}
UNDERTRAINED_NETWORKS = {"vgg16_bn": "vgg16_bn_undertrained"}
"""The paper's network -> its experiment here: as wide as the paper's and trained to the
end, slim and trained to the end, slim and trained for an eighth as long."""

ANALYSED_NETWORKS = {
    "vgg16_bn": "vgg16_bn_converged",
    "vgg_svhn": "vgg_svhn_wide",
    "resnet_fast": "resnet_fast_converged",
}
"""The paper's network -> the experiment whose networks other pages take apart: of the
paper's width where two processor cores can train it, slim otherwise."""

CONTROLS = ("trained_as_long", "independent")
RANDOM_MASKS = {name: f"{name}_random_masks" for name in ANALYSED_NETWORKS.values()}
LATE_RESETTING = {"vgg16_bn_converged": "vgg16_bn_converged_late_reset"}
"""Experiment -> the same complete networks with masks drawn at random, and with their
weights set back after each pruning to what they were after a tenth of the training."""
