"""Any two networks, compared layer by layer in one call, or an original with all its levels."""

from .levels import compare_levels
from .network_comparison import compare_networks
from .plots import plot_layers, plot_levels, plot_pairs
