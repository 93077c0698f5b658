"""What is done with each mail that came in: it is read, its sender is authenticated, and somebody acts on it, once."""
