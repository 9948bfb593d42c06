"""What pages call the networks that a study has kept, apart from what measures these."""

from ..book.report.names import PAPER_NETWORKS
from .measured_networks import MEASURED

TITLES = {name: PAPER_NETWORKS[name.removesuffix("_halved")] for name in MEASURED}
"""Experiment -> what the paper calls its network."""
