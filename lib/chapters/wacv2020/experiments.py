"""The experiments of the chapter on WACV 2020; their networks are those of other papers.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity".
"""

EXPERIMENTS = tuple(
    f"{network}{way}"
    for network in ("conv4", "vgg_svhn", "resnet32")
    for way in (
        "",
        *(
            f"_{mask}{training}"
            for mask in ("masks_again", "random_layerwise", "random_uniform")
            for training in ("", "_rescaled", "_long")
        ),
        "_random_at_init",
        "_independent",
    )
)
