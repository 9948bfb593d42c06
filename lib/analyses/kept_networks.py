"""What pages call the networks that a study has kept, apart from what measures these."""

from ..book.report.names import PAPER_NETWORKS
from .converged.experiments import ANALYSED_NETWORKS

TITLES = {name: PAPER_NETWORKS[base] for base, name in ANALYSED_NETWORKS.items()}
"""Experiment -> what the paper calls its network."""
