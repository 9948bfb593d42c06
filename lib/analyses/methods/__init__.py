"""What the sources do differently."""
