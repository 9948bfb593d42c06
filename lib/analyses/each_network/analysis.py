"""What other pages name as the pages of the networks did."""

DISAGREEING = ("svcca", "cka")
"""The metrics that disagree most."""


def key(network: str, *parts: str) -> str:
    """`vgg16-bn-layers-svcca`: the key of a comparison of this network."""
    return "-".join([network, *parts]).replace("_", "-")
