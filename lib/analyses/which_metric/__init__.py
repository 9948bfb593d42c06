"""What a value means beside what else could have given it: the ruler of each metric."""
