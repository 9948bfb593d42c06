"""Any two networks, compared layer by layer in one call."""

from .network_comparison import compare_networks
from .plots import plot_layers, plot_pairs
