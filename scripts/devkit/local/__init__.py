"""This clone and this machine: paths, state, locks, programs, and the servers that belong to the clone."""
