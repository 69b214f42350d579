"""python -m app.jobs.metrics: what all processes of the API count, and what the database says of itself."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from app.jobs.metrics import MetricsSettings, registry
from scripts.devkit.local import api, databases, ports
from scripts.devkit.local.paths import ROOT
from tests._lib import identities
from tests._lib.databases import Database
from tests._lib.places import first_port
from tests.http import callers

Values = dict[tuple[str, ...], float]
_AWAY = "postgresql://rastro_manutencao@127.0.0.1:1/nothing"


def values(text: str) -> Values:
    """By name and the values of the labels in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(found: CollectorRegistry) -> Values:
    return values(generate_latest(found).decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "counted"
    found.mkdir()
    return found


@pytest.fixture
def served(fleet: Database, folder: Path, tmp_path: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The API in two processes: its port, and their parent."""
    (folder / "counter_1.db").write_bytes(b"of an earlier process")
    variables = {
        "DATABASE_URL": fleet.api_url,
        "SUPABASE_JWT_SECRET": identities.JWT_SECRET,
        "RASTRO_JWT_ISSUER": identities.ISSUER,
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    with ports.on_a_free_port(
        first_port(18_200), lambda port: api.served("127.0.0.1", port, 2, variables, tmp_path / "log")
    ) as (port, master):
        yield port, master


def workers(master: "subprocess.Popen[bytes]") -> set[int]:
    path = Path(f"/proc/{master.pid}/task/{master.pid}/children")
    return {int(pid) for pid in path.read_text().split()}


def ask(port: int, method: str, path: str, body: object = None, key: str = callers.INGEST_KEY) -> int:
    headers = {"Content-Type": "application/json", **callers.with_key(key)}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# Seen to fail: without on_starting, as what was there is read.
def test_all_processes_of_the_api_are_counted(served, folder, reading):
    port, master = served
    found = registry(MetricsSettings(url=_AWAY, folder=str(folder)))
    live = ("rastro_http_requests_total", "GET", "/health/live", "200")
    began = scraped(found).get(live, 0)
    sent = 0

    def both_have_answered() -> bool:
        nonlocal sent
        assert ask(port, "GET", "/health/live") == 200
        sent += 1
        return {f"counter_{pid}.db" for pid in workers(master)} <= {file.name for file in folder.iterdir()}

    until(both_have_answered)
    assert scraped(found)[live] == began + sent
    gone = workers(master).pop()
    os.kill(gone, signal.SIGKILL)
    until(lambda: gone not in workers(master) and len(workers(master)) == 2)
    until(both_have_answered)
    assert scraped(found)[live] == began + sent

    one = reading()
    assert [ask(port, "POST", "/v2/posicoes", one) for _ in range(2)] == [201, 200]
    assert ask(port, "POST", "/v2/posicoes/lote?validar=1", [reading()]) == 200
    assert ask(port, "GET", "/v2/stream", key=callers.READ_KEY) == 503
    assert ask(port, "GET", "/v2/nothing/of/this/path") == 404
    assert ask(port, "BREW", "/health/live") == 405
    numbers = scraped(found)
    stored, duplicate = (numbers["rastro_http_readings_total", one] for one in ("stored", "duplicate"))
    assert (stored, duplicate) == (1, 1)
    assert numbers["rastro_http_refusals_total", "UNAVAILABLE", "503"] == 1
    assert numbers["rastro_http_requests_total", "GET", "unknown", "404"] == 1
    assert numbers["rastro_http_request_seconds_count", "/v2/posicoes"] == 2
    assert numbers["rastro_pool_connections_in_use",] == 0
    assert not any("path" in part or "BREW" in part for key in numbers for part in key)
    assert numbers["rastro_database_up",] == 0


# Seen to fail: with a label for each client; with the age of our own transaction.
def test_the_database_is_asked_at_each_scrape(fleet, gateway, reading):
    url = databases.url(databases.MAINTENANCE, fleet.name)
    found = registry(MetricsSettings(url=url))
    before = scraped(found)
    assert before["rastro_database_up",] == 1
    assert before["rastro_partitions_ahead_months",] == 3
    assert before["rastro_oldest_transaction_seconds",] == 0
    unknown = reading(sensores=[{"dsPonto": "x", "nrValor": 1}])
    assert gateway.post("/v2/posicoes", unknown).status_code == 422
    old = reading(dtRegistro="2026-11-01T00:00:00Z", cdDispositivo=6, sensores=[])
    assert gateway.post("/v2/posicoes", old).status_code == 201
    with closing(psycopg2.connect(fleet.owner_url)) as owner, owner.cursor() as cursor:
        cursor.execute(
            """insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload",
                 "nrTamanho", "blReprocessavel", "cdCliente", "dtExpiracao")
               select 'x', 'R' || n, 'x', 'x', 'x', 1, true, 1, now() + interval '1 day'
               from generate_series(1, 300) n"""
        )
        owner.commit()
        cursor.execute("select now()")
        numbers = scraped(found)
        assert numbers["rastro_oldest_transaction_seconds",] > 0
    payloads = {key[1:]: value for key, value in numbers.items() if key[0] == "rastro_quarantine_payloads"}
    assert len(payloads) == 101
    assert sum(payloads.values()) == 301
    assert payloads["others", "others"] == 201
    assert numbers["rastro_devices",] == before["rastro_devices",] + 1
    assert numbers["rastro_devices_silent", "1h"] >= 1
    assert {key[1] for key in numbers if key[0] == "rastro_bytes"} >= {
        "TbPosicao", "TbSensorRegistro", "TbSensorRegistro1h", "TbSensorRegistroFrio", "TbIngestaoErro"
    }  # fmt: skip
    assert not any("_20" in part for key in numbers for part in key[1:])


def test_the_program_answers_on_its_port(fleet):
    port = ports.free_port(first_port(18_290))
    url = databases.url(databases.MAINTENANCE, fleet.name)
    environment = os.environ | {"RASTRO_MAINTENANCE_URL": url, "RASTRO_METRICS_PORT": str(port)}
    command = [sys.executable, "-m", "app.jobs.metrics"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as program:
        until(lambda: ports.listens(program, port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            assert values(answer.read().decode())["rastro_database_up",] == 1
        program.terminate()
        assert program.wait(20) == 0
    wrong = environment | {"PROMETHEUS_MULTIPROC_DIR": "/nowhere"}
    done = subprocess.run(command, cwd=ROOT, env=wrong, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PROMETHEUS_MULTIPROC_DIR" in done.stderr
