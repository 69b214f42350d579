"""HTTP: one blueprint per resource. Handlers authenticate, parse, make one call and return."""
