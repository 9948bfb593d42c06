"""Ansuini et al. (ICPRAM 2020): the "U" over tasks of growing complexity, and rewinding."""

EXPERIMENTS = (
    *("conv4_two", "conv4_four", "conv4_six", "conv4_eight"),
    *("conv4_late_reset", "conv4", "conv4_untrained", "conv4_independent"),
)
