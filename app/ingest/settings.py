"""Settings of the gateway: read once from the environment, and passed on as one frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.variables import between, dsn, given, level, refuse, text, variable


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Everything ``python -m app.ingest`` can be told. Each field names its variable, meaning and unit."""

    database_url: str = variable(
        "DATABASE_URL",
        dsn,
        "PostgreSQL, logging in as rastro_api; a transaction pooler is fine",
        "",
        repr=False,
    )
    key: str = variable(
        "RASTRO_GATEWAY_KEY",
        text,
        "API key with the permission ingest, for all clients it serves",
        "",
        repr=False,
    )
    broker: str = variable(
        "RASTRO_MQTT_URL", _broker, "the broker: mqtt://host:port, or mqtts:// for TLS", ""
    )
    user: str = variable("RASTRO_MQTT_USER", text, "user name at the broker", "")
    password: str = variable("RASTRO_MQTT_PASSWORD", text, "its password", "", repr=False)
    ca_file: str = variable(
        "RASTRO_MQTT_CA_FILE", text, "certificates that sign the broker's, if not the system's", ""
    )
    cert_file: str = variable("RASTRO_MQTT_CERT_FILE", text, "client certificate, PEM", "")
    key_file: str = variable("RASTRO_MQTT_KEY_FILE", text, "its private key, PEM", "")
    prefix: str = variable("RASTRO_MQTT_PREFIX", _prefix, "first part of every topic", "rastro")
    group: str = variable(
        "RASTRO_MQTT_GROUP",
        _name,
        "gateways of one group share the messages; several processes are a group of their own",
        "",
    )
    client_id: str = variable(
        "RASTRO_MQTT_CLIENT_ID",
        _name,
        "name of the session at the broker, the same at every start; each process adds its number",
        "rastro-gateway",
    )
    session_hours: int = variable(
        "RASTRO_MQTT_SESSION_HOURS",
        between(1, 8_760),
        "hours the broker keeps messages for a gateway away",
        168,
    )
    processes: int = variable("RASTRO_GATEWAY_PROCESSES", between(1, 64), "processes that share the load", 1)
    writers: int = variable("RASTRO_GATEWAY_WRITERS", between(1, 32), "connections a process writes on", 2)
    queue: int = variable(
        "RASTRO_GATEWAY_QUEUE",
        between(100, 65_535),
        "messages a process holds that are not yet committed; the broker keeps the others",
        50_000,
    )
    batch: int = variable("RASTRO_GATEWAY_BATCH", between(1, 5_000), "readings in one transaction", 800)
    flush_ms: int = variable(
        "RASTRO_GATEWAY_FLUSH_MS", between(1, 60_000), "ms a reading waits for others at most", 250
    )
    port: int = variable(
        "RASTRO_GATEWAY_PORT",
        between(1, 65_535),
        "port of /metrics and /health on all addresses; the next ones for further processes",
        9_108,
    )
    drain_s: int = variable(
        "RASTRO_GATEWAY_DRAIN_S", between(1, 600), "seconds for what is queued, when told to end", 8
    )
    connect_timeout_s: int = variable(
        "RASTRO_CONNECT_TIMEOUT_S", between(1, 60), "seconds to reach the database before trying again", 2
    )
    statement_timeout_ms: int = variable(
        "RASTRO_STATEMENT_TIMEOUT_MS", between(100, 600_000), "ms one call may take in the database", 8_000
    )
    log_level: str = variable("RASTRO_LOG_LEVEL", level, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @property
    def shares(self) -> str:
        """The group with which messages are shared; empty for a gateway that takes them all."""
        return self.group or ("rastro" if self.processes > 1 else "")

    @property
    def address(self) -> tuple[str, int, bool]:
        """Host and port of the broker, and whether it speaks TLS."""
        parts = urlsplit(self.broker)
        secure = parts.scheme == "mqtts"
        return parts.hostname or "", parts.port or (8883 if secure else 1883), secure

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> GatewaySettings:
        """Read every variable; an empty one counts as unset. Raises SettingsError naming all that are bad."""
        values, problems = given(cls, environ)
        for name in ("DATABASE_URL", "RASTRO_GATEWAY_KEY", "RASTRO_MQTT_URL"):
            if not environ.get(name):
                problems.append(f"{name}: is missing")
        if bool(environ.get("RASTRO_MQTT_CERT_FILE")) != bool(environ.get("RASTRO_MQTT_KEY_FILE")):
            problems.append("RASTRO_MQTT_CERT_FILE and RASTRO_MQTT_KEY_FILE: come together")
        refuse(problems)
        return cls(**values)
