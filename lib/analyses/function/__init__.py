"""What similarity says about function: which layers to prune, and which images change class."""
