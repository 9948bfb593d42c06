"""From a results folder to what a reader sees: figures, tables, sentences.

Everything here is a deterministic function of the results, or of made-up data from fixed seeds:
no training, no clock. The package is imported module by module, so that what needs no PyTorch
loads none.
"""
