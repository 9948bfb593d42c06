"""What would one learn about one's own networks? Four comparisons of toys."""
