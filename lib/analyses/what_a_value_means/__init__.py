"""What does a similarity of 0.6 mean? Known answers, chance, dead channels, other people's code."""
