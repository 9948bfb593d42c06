"""How similar are two networks of one's own, where do they differ, and what follows from it?"""
