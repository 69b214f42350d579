"""The way of one device."""
