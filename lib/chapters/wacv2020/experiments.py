"""The experiments of the chapter on WACV 2020; their networks are those of other papers.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity".
"""

_STRUCTURES = ("masks_again", "random_layerwise", "random_uniform")

EXPERIMENTS = tuple(
    f"{network}{way}"
    for network, ways in {
        # every structure in every training: the network of which a training takes least
        "conv4": [f"{mask}{way}" for mask in _STRUCTURES for way in ("", "_rescaled", "_long")],
        "vgg_svhn": [*_STRUCTURES, "random_uniform_long"],
        "resnet32": [*_STRUCTURES, "random_uniform_long"],
    }.items()
    for way in ("", *(f"_{name}" for name in ways), "_random_at_init", "_independent")
)
