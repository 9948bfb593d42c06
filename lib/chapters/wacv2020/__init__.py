"""Blakeney et al. (WACV 2020): does pruning keep representations, and is its structure any good?"""

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
