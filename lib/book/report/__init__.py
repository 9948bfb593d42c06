"""What pages share on the way from a results folder to figures and tables.

Everything here is a deterministic function of the results: no training, no clock.
"""
