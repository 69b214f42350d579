"""Values of one sensor, raw or in buckets."""
