"""The kept networks that several analyses measure, and at which iterations."""

from .converged.studied_networks import ANALYSED_NETWORKS, PRUNINGS

ITERATIONS = tuple(range(1, PRUNINGS + 1))

MEASURED = tuple(ANALYSED_NETWORKS.values())
"""Experiments, one for each of the paper's networks, that analyses read at each of `ITERATIONS`."""

EVERY_KIND = (
    *("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs"),
    *("procrustes", "linear_regression", "rsa", "knn_overlap"),
)
"""A metric of each kind, for analyses that ask which one to take."""
