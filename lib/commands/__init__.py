"""What is done with a whole study that the catalogue declares: plan, collect, publish."""
