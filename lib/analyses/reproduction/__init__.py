"""What the reproduction tried, what came out, and what it cost."""
