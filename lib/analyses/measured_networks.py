"""The kept networks that several analyses measure, and at which iterations."""

TIMES = (5, 10, 13, 15, 17, 20)
"""Iterations at which analyses read a network of the paper's pace."""

MEASURED = {"vgg16_bn_halved": (1, 2), "vgg_svhn": TIMES, "resnet_fast": TIMES}
"""Experiment of each of the paper's networks -> iterations at which some analyses read it."""
