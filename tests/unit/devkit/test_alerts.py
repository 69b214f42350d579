"""Each alert fires when its cause is there, none while all is well, and each has its place on the page."""

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from scripts.devkit.local import programs
from scripts.devkit.local.paths import ROOT

RULES = ROOT / "scripts" / "deploy" / "prometheus" / "rules.yml"
PAGE = ROOT / "scripts" / "deploy" / "alerts.md"
HOURS = 2
_STEADY = "x120"
# What Prometheus has while all is well, a sample a minute: name with labels, first value, change.
WELL: dict[str, tuple[float, float]] = {
    'up{job="rastro",instance="a"}': (1, 0),
    'up{job="rastro-gateway",instance="b"}': (1, 0),
    'rastro_database_up{instance="a"}': (1, 0),
    'rastro_maintenance_last_run_timestamp_seconds{instance="a"}': (0, 60),
    'rastro_maintenance_failing_steps{instance="a"}': (0, 0),
    'rastro_rollup_lag_seconds{instance="a"}': (3_900, 0),
    'rastro_rollup_dirty_age_seconds{instance="a"}': (60, 0),
    'rastro_partitions_ahead_months{instance="a"}': (3, 0),
    'rastro_quarantine_lost{instance="a"}': (7, 0),
    'rastro_quarantine_payloads{instance="a",client="1",reason="MALFORMED"}': (10, 1),
    'rastro_oldest_transaction_seconds{instance="a"}': (1, 0),
    'rastro_transaction_number_age{instance="a"}': (1e6, 1_000),
    'rastro_wal_archive_failing{instance="a"}': (0, 0),
    'rastro_devices{instance="a"}': (100, 0),
    'rastro_devices_silent{instance="a",longer_than="1h"}': (20, 0),
    'rastro_http_requests_total{instance="a",route="/v2/eu",method="GET",status="200"}': (0, 6_000),
    'rastro_http_refusals_total{instance="a",status="503",error_code="BUSY"}': (0, 60),
    'rastro_http_refusals_total{instance="a",status="429",error_code="RATE_LIMITED"}': (0, 6_000),
    'rastro_http_request_seconds_bucket{instance="a",route="/v2/eu",le="2"}': (0, 6_000),
    'rastro_http_request_seconds_bucket{instance="a",route="/v2/eu",le="5"}': (0, 6_000),
    'rastro_http_request_seconds_bucket{instance="a",route="/v2/eu",le="+Inf"}': (0, 6_000),
    'rastro_pool_refusals_total{instance="a"}': (0, 6),
    'ingest_broker_connected{instance="b"}': (1, 0),
    'ingest_circuit_open{instance="b"}': (0, 0),
    'ingest_errors_total{instance="b",reason="MALFORMED"}': (0, 6),
    'ingest_queue_size{instance="b"}': (400, 0),
    'ingest_latency_seconds_bucket{instance="b",le="1"}': (0, 6_000),
    'ingest_latency_seconds_bucket{instance="b",le="10"}': (0, 6_000),
    'ingest_latency_seconds_bucket{instance="b",le="+Inf"}': (0, 6_000),
    'up{job="rastro-stream",instance="c"}': (1, 0),
    'rastro_stream_read_failures{instance="c"}': (0, 0),
    'up{job="rastro-broker",instance="d"}': (1, 0),
    'rastro_broker_up{instance="d"}': (1, 0),
    'rastro_broker_messages{instance="d"}': (60, 0),
    'rastro_broker_memory_bytes{instance="d"}': (4e7, 0),
}
# What is different when an alert fires; the rest is well.
CAUSES: dict[str, dict[str, tuple[float, float]]] = {
    "RastroDatabaseDown": {'rastro_database_up{instance="a"}': (0, 0)},
    "RastroMaintenanceLate": {'rastro_maintenance_last_run_timestamp_seconds{instance="a"}': (0, 50)},
    "RastroMaintenanceFailing": {'rastro_maintenance_failing_steps{instance="a"}': (1, 0)},
    "RastroRollupLag": {'rastro_rollup_lag_seconds{instance="a"}': (9_001, 0)},
    "RastroDirtyHours": {'rastro_rollup_dirty_age_seconds{instance="a"}': (901, 0)},
    "RastroNoPartitionAhead": {'rastro_partitions_ahead_months{instance="a"}': (0, 0)},
    "RastroQuarantineLost": {'rastro_quarantine_lost{instance="a"}': (7, 1)},
    "RastroQuarantineGrows": {
        'rastro_quarantine_payloads{instance="a",client="1",reason="MALFORMED"}': (10, 20)
    },
    "RastroOldTransaction": {'rastro_oldest_transaction_seconds{instance="a"}': (601, 60)},
    "RastroTransactionNumbers": {'rastro_transaction_number_age{instance="a"}': (6e8, 1_000)},
    "RastroArchiveFailing": {'rastro_wal_archive_failing{instance="a"}': (1, 0)},
    "RastroDevicesSilent": {'rastro_devices_silent{instance="a",longer_than="1h"}': (51, 0)},
    "RastroMetricsDown": {'up{job="rastro",instance="a"}': (0, 0)},
    "RastroApiRefuses": {'rastro_http_refusals_total{instance="a",status="503",error_code="BUSY"}': (0, 600)},
    "RastroApiSlow": {'rastro_http_request_seconds_bucket{instance="a",route="/v2/eu",le="2"}': (0, 5_000)},
    "RastroNoConnection": {'rastro_pool_refusals_total{instance="a"}': (0, 100)},
    "RastroGatewayDown": {'up{job="rastro-gateway",instance="b"}': (0, 0)},
    "RastroBrokerDisconnected": {'ingest_broker_connected{instance="b"}': (0, 0)},
    "RastroCircuitOpen": {'ingest_circuit_open{instance="b"}': (1, 0)},
    "RastroGatewayErrors": {'ingest_errors_total{instance="b",reason="MALFORMED"}': (0, 100)},
    "RastroGatewayQueue": {'ingest_queue_size{instance="b"}': (40_001, 0)},
    "RastroIngestSlow": {'ingest_latency_seconds_bucket{instance="b",le="1"}': (0, 5_000)},
    "RastroStreamDown": {'up{job="rastro-stream",instance="c"}': (0, 0)},
    "RastroStreamFails": {'rastro_stream_read_failures{instance="c"}': (1, 1)},
    "RastroBrokerJobDown": {'up{job="rastro-broker",instance="d"}': (0, 0)},
    "RastroBrokerUnwatched": {'rastro_broker_up{instance="d"}': (0, 0)},
    "RastroBrokerBacklog": {'rastro_broker_messages{instance="d"}': (100_001, 10)},
    "RastroBrokerMemory": {'rastro_broker_memory_bytes{instance="d"}': (1.6e9, 0)},
}


def alerts() -> list[str]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule["alert"] for group in groups for rule in group["rules"]]


def test_each_alert_has_a_cause_here_and_a_heading_on_the_page() -> None:
    assert list(CAUSES) == alerts()
    headings = re.findall(r"^### (\w+)$", PAGE.read_text(), re.MULTILINE)
    assert headings == alerts()


# Seen to fail: with a threshold of RastroRollupLag below what is well.
def test_each_fires_alone_and_none_while_all_is_well(tmp_path: Path) -> None:
    cases = [_case(WELL, []), *(_case(WELL | cause, [alert]) for alert, cause in CAUSES.items())]
    file = tmp_path / "cases.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "5m", "tests": cases}))
    for words in (("check", "rules", str(RULES)), ("test", "rules", str(file))):
        done = subprocess.run([programs.promtool(), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _case(series: dict[str, tuple[float, float]], firing: list[str]) -> dict[str, Any]:
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in firing]
    return {
        "name": "".join(firing) or "well",
        "interval": "1m",
        "input_series": [
            {"series": name, "values": f"{first:.0f}+{change:.0f}{_STEADY}"}
            for name, (first, change) in series.items()
        ],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                "eval_time": f"{HOURS}h",
                "exp_samples": samples,
            }
        ],
    }
