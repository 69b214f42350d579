"""People of a client, and invitations."""
