"""From the bytes of a caller to elements that the database accepts."""
