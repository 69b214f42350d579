"""The stream of current positions and values: GET /v2/stream, a program of its own."""
