"""A folder for each companion paper and each question of our own: all that only its page needs.

Beside the folders stands what several of them need.
"""
