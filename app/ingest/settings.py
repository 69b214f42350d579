"""Settings of the gateway: read once from the environment, and passed on as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from app.environment import NONE, Dsn, Level, Text, Variables, required, variable


def _broker(value: str) -> str:
    if not re.fullmatch(r"mqtts?://[^/\s@:]+(:\d{1,5})?", value):
        raise ValueError("must look like mqtt://host:1883 or mqtts://host:8883")
    return value


def _prefix(value: str) -> str:
    if not re.fullmatch(r"[^/+#\s]+(/[^/+#\s]+)*", value):
        raise ValueError("must be a topic without wildcards, and without / at its ends")
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
        raise ValueError("must be 1 to 40 letters, digits, _ or -")
    return value


BrokerUrl = Annotated[str, AfterValidator(_broker)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Name = Annotated[str, AfterValidator(_name)]


class GatewaySettings(Variables):
    """Settings of ``python -m app.ingest``: each field with its variable, meaning and unit."""

    database_url: Dsn = variable(
        "DATABASE_URL", NONE, "PostgreSQL, logging in as rastro_api; a transaction pooler is fine"
    )
    key: SecretStr = variable(
        "RASTRO_GATEWAY_KEY", NONE, "API key with the permission ingest, for all clients it serves"
    )
    broker: BrokerUrl = variable(
        "RASTRO_MQTT_URL", "", "URL of the broker: mqtt://host:port, or mqtts:// for TLS"
    )
    user: Text = variable("RASTRO_MQTT_USER", "", "user name at the broker")
    password: SecretStr = variable("RASTRO_MQTT_PASSWORD", NONE, "password at the broker")
    ca_file: Text = variable(
        "RASTRO_MQTT_CA_FILE", "", "file with the CA certificates that verify the broker"
    )
    cert_file: Text = variable("RASTRO_MQTT_CERT_FILE", "", "file with the client certificate (PEM)")
    key_file: Text = variable("RASTRO_MQTT_KEY_FILE", "", "file with its private key (PEM)")
    prefix: Prefix = variable("RASTRO_MQTT_PREFIX", "rastro", "first part of every topic")
    group: Name = variable(
        "RASTRO_MQTT_GROUP",
        "",
        "processes with the same group share the messages",
    )
    client_id: Name = variable(
        "RASTRO_MQTT_CLIENT_ID",
        "rastro-gateway",
        "client id at the broker; the number of the process is appended",
    )
    session_hours: Annotated[int, Field(ge=1, le=8_760)] = variable(
        "RASTRO_MQTT_SESSION_HOURS", 168, "hours the broker keeps the session of a disconnected gateway"
    )
    number: Annotated[int, Field(ge=0, le=63)] = variable(
        "RASTRO_GATEWAY_NUMBER",
        0,
        "number of this process among those of its group, from 0",
    )
    writers: Annotated[int, Field(ge=1, le=32)] = variable(
        "RASTRO_GATEWAY_WRITERS", 2, "database connections that write"
    )
    queue: Annotated[int, Field(ge=100, le=65_535)] = variable(
        "RASTRO_GATEWAY_QUEUE",
        50_000,
        "messages held that are not yet committed; the broker keeps the rest",
    )
    batch: Annotated[int, Field(ge=1, le=5_000)] = variable(
        "RASTRO_GATEWAY_BATCH", 800, "readings in one transaction"
    )
    flush_ms: Annotated[int, Field(ge=1, le=60_000)] = variable(
        "RASTRO_GATEWAY_FLUSH_MS", 250, "milliseconds a reading waits at most for others"
    )
    port: Annotated[int, Field(ge=1, le=65_535)] = variable(
        "RASTRO_GATEWAY_PORT",
        9_108,
        "port of /metrics and /health; the number of the process is added",
    )
    drain_s: Annotated[int, Field(ge=1, le=600)] = variable(
        "RASTRO_GATEWAY_DRAIN_S", 8, "seconds to write what is queued, after SIGTERM"
    )
    connect_timeout_s: Annotated[int, Field(ge=1, le=60)] = variable(
        "RASTRO_CONNECT_TIMEOUT_S", 2, "seconds until connecting to the database times out"
    )
    statement_timeout_ms: Annotated[int, Field(ge=100, le=600_000)] = variable(
        "RASTRO_STATEMENT_TIMEOUT_MS", 8_000, "milliseconds until a call of the database times out"
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def address(self) -> tuple[str, int, bool]:
        """Host and port of the broker, and whether it speaks TLS."""
        parts = urlsplit(self.broker)
        secure = parts.scheme == "mqtts"
        return parts.hostname or "", parts.port or (8883 if secure else 1883), secure

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        faults = required(environ, "DATABASE_URL", "RASTRO_GATEWAY_KEY", "RASTRO_MQTT_URL")
        if bool(environ.get("RASTRO_MQTT_CERT_FILE")) != bool(environ.get("RASTRO_MQTT_KEY_FILE")):
            faults.append("RASTRO_MQTT_CERT_FILE and RASTRO_MQTT_KEY_FILE: must be set together")
        return faults
