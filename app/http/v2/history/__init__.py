"""History of devices, newest first."""
