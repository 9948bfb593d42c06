"""What the jobs of a study took, and how fast networks are trained."""
