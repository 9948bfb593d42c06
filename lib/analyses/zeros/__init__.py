"""What the zeros of a pruned network are worth: operations, bytes, channels and time."""
