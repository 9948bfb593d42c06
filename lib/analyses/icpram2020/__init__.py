"""Ansuini et al. (ICPRAM 2020): the "U" over tasks of growing complexity, and rewinding."""
