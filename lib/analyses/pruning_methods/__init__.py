"""Which weights go, and what becomes of the others? Pruning, step by step, on toys."""
