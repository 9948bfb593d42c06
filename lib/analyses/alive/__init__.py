"""Two networks that run on a page, in the reader's browser."""
