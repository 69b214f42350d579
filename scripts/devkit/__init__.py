"""The code behind the commands in scripts/: what they share, and one module per command."""
