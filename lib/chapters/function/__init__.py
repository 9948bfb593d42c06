"""What similarity tells of function: which layers can be pruned, and which images are lost."""
