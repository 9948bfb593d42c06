"""When training has ended, as the first screen says it."""

CONVERGED = 0.5
"""A complete network is trained enough if one more whole schedule adds less, in points."""
