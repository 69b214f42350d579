"""The old routes, without a prefix: what applications from before v2 depend on, over the same RPCs.

Paths, field names, shapes, status codes and Portuguese texts are theirs. Nothing new is added here.
"""
