"""Which layers of a network does pruning change most, and do the metrics agree?"""
