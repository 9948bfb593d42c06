"""Experiments as declarations, the jobs that carry them out, and the tables that jobs write."""
