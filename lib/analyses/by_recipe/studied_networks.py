"""The names of the networks by the paper's recipe, and after which prunings they are looked at."""

BY_RECIPE = {
    "vgg16_bn": "vgg16_bn_by_recipe",
    "vgg_svhn": "vgg_svhn_by_recipe",
    "resnet_fast": "resnet_fast_by_recipe",
}
"""The paper's network -> its experiment here."""

CONTROLS = ("trained_as_long", "independent")

LEVELS = {
    "vgg16_bn_by_recipe": (1, 2, 3, 4),
    "vgg_svhn_by_recipe": (1, 5, 10, 15, 20),
    "resnet_fast_by_recipe": (1, 2, 3, 4),
}
"""Experiment -> the prunings after which networks stand beside complete ones of other seeds:
a third, a ninth, 3.5 % and 1.2 % of the weights are left; VGG_SVHN has 80 % as well."""
