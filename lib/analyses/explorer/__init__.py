"""The explorer: every line of similarity over the layers, to choose from."""
