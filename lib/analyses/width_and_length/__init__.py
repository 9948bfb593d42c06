"""VGG_SVHN in two widths and two lengths of training."""
