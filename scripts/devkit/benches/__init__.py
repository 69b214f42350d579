"""Measurements: one module each with NAME, HELP, add_options and run; what they share is in `bench`."""
