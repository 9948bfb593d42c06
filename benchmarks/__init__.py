"""Measurements of speed: each a ratio against a named alternative, on the same work."""
