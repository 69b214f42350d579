"""What all resources share: blueprints, bodies, parameters, calls, caching, downloads."""
