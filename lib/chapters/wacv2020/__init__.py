"""Blakeney et al. (WACV 2020): does pruning keep representations, and is its structure any good?"""

EXPERIMENTS = tuple(
    f"{network}{way}"
    for network in ("conv4", "vgg_svhn", "resnet32")
    for way in ("", "_masks_again", "_random_at_init", "_independent")
)
