"""The panels of the board for Grafana, in a row for each program."""

from __future__ import annotations

from dataclasses import dataclass

_A_SECOND = "reqps"


@dataclass(frozen=True, slots=True)
class Panel:
    """A title in plain words, the unit as Grafana names it, and queries by what the legend says."""

    title: str
    unit: str
    queries: dict[str, str]
    about: str = ""


def _rate(metric: str, *labels: str) -> str:
    return f"sum by ({', '.join(labels)}) (rate({metric}[5m]))" if labels else f"sum (rate({metric}[5m]))"


def _quantile(share: float, histogram: str, *labels: str) -> str:
    return f"histogram_quantile({share}, {_rate(f'{histogram}_bucket', 'le', *labels)})"


def _half_and_most(histogram: str, what: str = "") -> dict[str, str]:
    return {
        f"{what}half within": _quantile(0.5, histogram),
        f"{what}99 of 100 within": _quantile(0.99, histogram),
    }


_API = (
    Panel("Requests by route", _A_SECOND, {"{{route}}": _rate("rastro_http_requests_total", "route")}),
    Panel("Requests by status", _A_SECOND, {"{{status}}": _rate("rastro_http_requests_total", "status")}),
    Panel("Time until the answer", "s", _half_and_most("rastro_http_request_seconds")),
    Panel(
        "The five slowest routes",
        "s",
        {"{{route}}": f"topk(5, {_quantile(0.99, 'rastro_http_request_seconds', 'route')})"},
        "99 of 100 requests of the route are answered within this time.",
    ),
    Panel(
        "Refused requests, by cause",
        _A_SECOND,
        {"{{status}} {{error_code}}": _rate("rastro_http_refusals_total", "status", "error_code")},
        "429: the caller asks too often. 503: the API cannot answer now.",
    ),
    Panel("Readings by verdict", "cps", {"{{verdict}}": _rate("rastro_http_readings_total", "verdict")}),
    Panel("Database connections in use", "short", {"in use": "sum (rastro_pool_connections_in_use)"}),
    Panel("Requests that found no connection", _A_SECOND, {"refused": _rate("rastro_pool_refusals_total")}),
    Panel("Metrics job answers", "bool_yes_no", {"{{instance}}": 'up{job="rastro"}'}),
)
_DATABASE = (
    Panel("Database answers", "bool_yes_no", {"{{instance}}": "rastro_database_up"}),
    Panel(
        "Delay of the rollups",
        "s",
        {
            "watermark": "max (rastro_rollup_lag_seconds)",
            "oldest dirty hour": "max (rastro_rollup_dirty_age_seconds)",
        },
        "About an hour is normal for the watermark. Results are exact meanwhile.",
    ),
    Panel("Dirty hours", "short", {"dirty hours": "max (rastro_rollup_dirty_windows)"}),
    Panel(
        "Time since the last maintenance",
        "s",
        {"last run": "time() - max (rastro_maintenance_last_run_timestamp_seconds)"},
    ),
    Panel("Failing maintenance steps", "short", {"steps": "max (rastro_maintenance_failing_steps)"}),
    Panel("Months with partitions ahead", "short", {"months": "min (rastro_partitions_ahead_months)"}),
    Panel(
        "Payloads in quarantine",
        "short",
        {"client {{client}}, {{reason}}": "max by (client, reason) (rastro_quarantine_payloads)"},
    ),
    Panel("Payloads lost by a full quarantine", "short", {"lost": "max (rastro_quarantine_lost)"}),
    Panel(
        "Devices",
        "short",
        {
            "have reported": "max (rastro_devices)",
            "silent for longer than {{longer_than}}": "max by (longer_than) (rastro_devices_silent)",
        },
    ),
    Panel(
        "Size on disk by tier",
        "bytes",
        {"{{tier}}": "max by (tier) (rastro_bytes)", "whole database": "max (rastro_database_bytes)"},
        "With indexes. TbPosicaoFria and TbSensorRegistroFrio are packed history.",
    ),
    Panel(
        "Packed history : plain history",
        "percentunit",
        {
            "positions": 'max (rastro_bytes{tier="TbPosicaoFria"}) / max (rastro_bytes{tier="TbPosicao"})',
            "values": 'max (rastro_bytes{tier="TbSensorRegistroFrio"}) '
            '/ max (rastro_bytes{tier="TbSensorRegistro"})',
        },
        "Bytes of packed months to bytes of months that are not packed yet.",
    ),
    Panel("Oldest open transaction", "s", {"open for": "max (rastro_oldest_transaction_seconds)"}),
    Panel(
        "Transactions that are not frozen",
        "short",
        {"transactions": "max (rastro_transaction_number_age)"},
        "PostgreSQL stops writing at two billion.",
    ),
    Panel("WAL cannot be archived", "bool_yes_no", {"failing": "max (rastro_wal_archive_failing)"}),
)
_GATEWAY = (
    Panel("Messages stored, by type", "cps", {"{{type}}": _rate("ingest_messages_total", "type")}),
    Panel("Readings by verdict", "cps", {"{{verdict}}": _rate("ingest_readings_total", "verdict")}),
    Panel("Errors by cause", "cps", {"{{reason}}": _rate("ingest_errors_total", "reason")}),
    Panel(
        "Time until the commit",
        "s",
        {
            **_half_and_most("ingest_latency_seconds", "from publishing: "),
            **_half_and_most("ingest_receipt_seconds", "from receipt: "),
        },
    ),
    Panel("Time of database calls", "s", _half_and_most("ingest_commit_seconds")),
    Panel("Readings per transaction", "short", _half_and_most("ingest_batch_size")),
    Panel(
        "Messages waiting",
        "short",
        {
            "for a writer": "sum (ingest_queue_size)",
            "of one client": "max (ingest_queue_size_client_max)",
            "of one device": "max (ingest_queue_size_device_max)",
            "for the quarantine": "sum (ingest_quarantine_waiting)",
            "not acknowledged": "sum (ingest_unacknowledged)",
        },
    ),
    Panel("Turns that ended early", "cps", {"{{reason}}": _rate("ingest_deferred_total", "reason")}),
    Panel(
        "State",
        "bool_yes_no",
        {
            "{{instance}} answers": 'up{job="rastro-gateway"}',
            "{{instance}} connected to the broker": "ingest_broker_connected",
            "{{instance}} waits for the database": "ingest_circuit_open",
        },
    ),
)
_STREAM = (
    Panel(
        "Open streams",
        "short",
        {"{{instance}}": "rastro_stream_open", "{{instance}} at most": "rastro_stream_most"},
    ),
    Panel(
        "Failed reads of the database",
        "short",
        {"{{instance}}": "rastro_stream_read_failures"},
        "Since the last that did not fail.",
    ),
    Panel("Stream answers", "bool_yes_no", {"{{instance}}": 'up{job="rastro-stream"}'}),
)
_BROKER = (
    Panel(
        "Messages that it keeps",
        "short",
        {"{{instance}}": "rastro_broker_messages"},
        "For gateways that have not stored them yet, and retained ones.",
    ),
    Panel(
        "Memory",
        "bytes",
        {"in use": "sum (rastro_broker_memory_bytes)", "payloads": "sum (rastro_broker_message_bytes)"},
    ),
    Panel("Connected clients", "short", {"{{instance}}": "rastro_broker_clients"}),
    Panel(
        "The job beside the broker",
        "bool_yes_no",
        {
            "{{instance}} answers": 'up{job="rastro-broker"}',
            "{{instance}} is connected to the broker": "rastro_broker_up",
        },
    ),
)
ROWS = {
    "API": _API,
    "Database": _DATABASE,
    "Gateway": _GATEWAY,
    "Stream": _STREAM,
    "Broker": _BROKER,
}
