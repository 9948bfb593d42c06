"""Names that declarations may use: what they stand for computes, and so needs PyTorch.

Each list stands here once. Tests compare it with the functions and classes of these
names.
"""

METRIC_NAMES = (
    *("mean_cca", "mean_cca_sum98", "svcca", "svcca_sum98", "pwcca", "mean_squared_cca"),
    *("soft_matching", "cka", "cka_debiased", "kernel_cka", "nbs", "procrustes"),
    *("linear_regression", "ridge", "pls", "rsa", "rsa_ranks"),
    *("knn_overlap", "mutual_knn", "cknna"),
    *("cosine", "agreement", "jensen_shannon", "logit_cosine"),
)
"""Keys of `lib.metrics.METRICS`."""

MODEL_NAMES = ("vgg16_bn", "vgg_svhn", "resnet_fast", "conv4", "lenet5", "resnet32")
"""Keys of `lib.models.MODELS`."""

SCORE_NAMES = ("magnitude", "random", "gradient_weight", "synflow")
"""Keys of `lib.pruning.SCORES`."""

RESHAPES = ("channels", "flat", "gap")
"""What metrics make of maps, (n, c, h, w): see `lib.metrics.inputs.as_matrix`."""

GRANULARITIES = ("weight", "filter_l1")
"""What goes when weights are pruned: see `lib.pruning.select`."""
