"""What exactly is compared with what? Networks, settings, and what the sources do differently."""
