"""Charts of a product's devices."""
