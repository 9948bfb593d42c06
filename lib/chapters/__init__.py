"""One folder for each companion paper: all that only its chapter needs."""
