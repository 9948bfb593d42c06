"""One folder for each companion paper, and for damage: all that only its page needs."""
