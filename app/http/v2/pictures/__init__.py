"""Pictures of products, added, read and deleted."""
