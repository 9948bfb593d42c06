"""What things are called on a page."""

from ...settings.known_names import METRIC_TITLES

METRICS = {
    "svcca": "SVCCA",
    "pwcca": "PWCCA",
    "cka": "CKA",
    "nbs": "NBS",
    "cosine": "cosine",
    "mean_cca": "mean CCA",
}
"""The paper's metrics, in its order: name in the results -> name in the text."""

PAPER_NETWORKS = {"vgg16_bn": "VGG16_BN", "vgg_svhn": "VGG_SVHN", "resnet_fast": "ResNet_fast"}
"""name in the results -> name in the paper."""

NETWORK_TITLES = {
    **PAPER_NETWORKS,
    "conv4": "Conv-4",
    "lenet5": "LeNet-5",
    "resnet32": "ResNet-32",
}
"""name in the results -> name in the text; the paper's networks come first."""

KINDS = {
    "conv": "convolution",
    "conv_res": "convolution in a residual block",
    "pool": "max-pooling",
    "add": "sum of a residual block",
    "fc": "fully connected",
    "out": "output",
}
"""kind of a recorded layer -> what it is (paper, section 5.2)."""

RESHAPES = {
    "channels": "a row is a position of an image, a column is a channel",
    "flat": "a row is an image, a column is a channel at a position",
    "gap": "a row is an image, a column is the mean of a channel",
}
"""name in the results -> what it makes of (n, c, h, w)."""


def metric_titles() -> dict[str, str]:
    """`METRICS`, followed by the titles of all other metrics that `lib.metrics` declares."""
    return METRICS | {n: title for n, title in METRIC_TITLES.items() if n not in METRICS}


def title(names: dict[str, str], name: str) -> str:
    """The name in the text, or `name` itself where there is none."""
    return names.get(name, name)


def enumerate_words(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
