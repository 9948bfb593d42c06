"""Any two networks, compared layer by layer in one call."""

from .compression import compression_report
from .gate import assert_similar, harmless_similarities
from .monitor import SimilarityMonitor
from .network_comparison import compare_networks
from .plots import plot_layers, plot_pairs
