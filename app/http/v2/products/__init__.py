"""Products of a client and their devices."""
