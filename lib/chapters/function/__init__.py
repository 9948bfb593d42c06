"""What similarity says about function: which layers can be pruned, and which images are lost."""
