"""One module per command whose work is more than a few lines."""
