"""Does it matter how one prunes? The ways that the main paper leaves as future work (section 7)."""
