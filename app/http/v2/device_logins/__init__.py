"""Logins of devices at the MQTT broker."""
