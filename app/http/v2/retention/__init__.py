"""How long data of a client is kept, and legal holds."""
