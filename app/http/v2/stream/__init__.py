"""The stream, which a program of its own serves, and tickets for it."""
