"""Any two networks, compared layer by layer in one call."""

from .networks import compare_networks
