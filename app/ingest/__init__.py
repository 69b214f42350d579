"""The MQTT gateway, ``python -m app.ingest``: from broker to database, acknowledged once it is committed."""
