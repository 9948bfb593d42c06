"""Experiments as declarations, the jobs that carry them out, and the tables that jobs write."""

import logging

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)
"""Of what jobs say, on the terminal and in each job's log file."""
