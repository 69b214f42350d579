"""Migrations: applying them, building them from sql/, and comparing schemas."""
