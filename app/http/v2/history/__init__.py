"""What devices reported, newest first."""
