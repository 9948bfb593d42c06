"""Experiments as declarations, jobs that do them, and the tables that they leave."""

from .experiment import Experiment, Probe, changed, leaves
from .jobs import run_job
from .profiles import PROFILES, Profile, load_profile
from .study import Job, Study

__all__ = [
    "PROFILES",
    "Experiment",
    "Job",
    "Probe",
    "Profile",
    "Study",
    "changed",
    "leaves",
    "load_profile",
    "run_job",
]
