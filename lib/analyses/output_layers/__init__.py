"""Do pruned networks give the same answers as the complete network?"""
