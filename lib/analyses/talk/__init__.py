"""Three figures for a talk."""
