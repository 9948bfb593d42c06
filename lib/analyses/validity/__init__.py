"""Do the metrics measure what they should?"""
