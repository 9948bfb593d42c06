"""Do pruned networks decide as their complete network does, and do they know how sure to be?"""
