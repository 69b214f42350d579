"""Current positions."""
