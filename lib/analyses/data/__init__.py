"""What do the networks look at? Images, their classes and their augmentation."""
