"""Other ways to prune, and to train again: which keep the representations of the network?"""
