"""Six tests of similarity measures whose answer is known: ReSi's, at our scale."""
