"""Names that declarations may use: what they stand for computes, and so needs PyTorch.

Each list stands here once. Tests compare it with the functions and classes of these
names.
"""

METRIC_TITLES = {
    "mean_cca": "mean CCA",
    "svcca": "SVCCA",
    "pwcca": "PWCCA",
    "cka": "CKA",
    "cka_debiased": "CKA debiased",
    "nbs": "NBS",
    "procrustes": "Procrustes",
    "linear_regression": "regression",
    "rsa": "RSA",
    "knn_overlap": "kNN overlap",
    "cosine": "cosine",
    "agreement": "agreement",
    "jensen_shannon": "Jensen-Shannon",
    "logit_cosine": "logit cosine",
}
"""Key of `lib.metrics.METRICS` -> what a page calls the metric; tables list them in this order."""

MODEL_NAMES = ("vgg16_bn", "vgg_svhn", "resnet_fast", "conv4", "lenet5", "resnet32")
"""Keys of `lib.models.MODELS`."""

SCORE_NAMES = ("magnitude", "random", "gradient_weight", "synflow")
"""Keys of `lib.pruning.SCORES`."""

RESHAPES = ("channels", "flat", "gap")
"""What metrics make of maps, (n, c, h, w): see `lib.metrics.inputs.as_matrix`."""

GRANULARITIES = ("weight", "filter_l1")
"""What goes when weights are pruned: see `lib.pruning.select`."""
