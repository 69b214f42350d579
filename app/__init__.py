"""Rastro: the HTTP API (http), the MQTT gateway (ingest) and the programs beside them (jobs)."""
