"""What the main paper says, and what we ask beside it, as rules that the results decide."""
