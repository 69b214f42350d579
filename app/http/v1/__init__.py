"""The legacy routes, without a prefix, which applications older than v2 depend on. They call the same RPCs.

Paths, field names, shapes, status codes and Portuguese texts stay as they are. Nothing new is added here.
"""
