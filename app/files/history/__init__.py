"""Tables of history as readings: what other systems exported, and what our own downloads wrote. Pure."""
