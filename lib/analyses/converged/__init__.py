"""What is left once training has ended? CIFAR-10 networks that fit their images before they are pruned."""
