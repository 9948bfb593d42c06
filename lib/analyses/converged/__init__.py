"""What is left once training has ended? Networks that fit their images before they are pruned."""
