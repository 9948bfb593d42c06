"""Six tests of similarity measures whose answer is known, and a seventh of our own."""
