"""History that comes from elsewhere."""
