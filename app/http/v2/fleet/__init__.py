"""Clients, sites, devices, products and sensors: read, change, import."""
