"""Does a network get worse when most of its weights are removed?"""
