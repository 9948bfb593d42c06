"""Experiments as declarations, the jobs that carry them out, and the tables that jobs write."""

import logging

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)
"""Logger of the jobs, for the terminal and each job's log file."""
