"""What does each metric compute? Each by hand, on small made-up data."""
