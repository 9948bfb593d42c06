"""Any two networks, compared layer by layer in one call, or an original with all its levels."""

from .comparison import Comparison
from .plots import plot_layers, plot_levels, plot_pairs
from .tables import compare_levels, compare_networks
