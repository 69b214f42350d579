"""Readings are received."""
