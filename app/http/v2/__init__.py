"""The current API: one folder per resource, its routes and schemas together."""
