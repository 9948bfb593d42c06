"""The kept networks that several analyses measure, and at which iterations."""

from .converged.experiments import ANALYSED_NETWORKS, PRUNINGS

ITERATIONS = tuple(range(1, PRUNINGS + 1))

MEASURED = tuple(ANALYSED_NETWORKS.values())
"""Experiments, one for each of the paper's networks, that analyses read at each of `ITERATIONS`."""
