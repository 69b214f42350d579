"""What could not be stored."""
