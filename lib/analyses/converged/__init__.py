"""What if training had ended? CIFAR-10 networks that fit their images before they are pruned."""
