"""Do slim networks speak for those of the paper's width and recipe?"""
