"""From notebook sources and results tables to pages."""
