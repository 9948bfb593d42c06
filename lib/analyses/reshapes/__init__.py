"""The metric or the matrix?"""
