"""Each query of the board and of the alerts has data, in a Prometheus that running programs fill."""

import json
import math
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml
from paho.mqtt import publish
from paho.mqtt.client import MQTTv5

from scripts.devkit.commands import db
from scripts.devkit.deploy import board
from scripts.devkit.fleet import demo, services
from scripts.devkit.local import api, children, cluster, ports, programs, state
from scripts.devkit.local.databases import API, MAINTENANCE, url
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import ROOT, state_dir, state_in
from tests._lib.places import first_port

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(480)]

DEPLOY = ROOT / "scripts" / "deploy"
PATIENCE_S = 90
# Of a condition: what is compared. Without data in both parts it is never true.
_COMPARED = re.compile(r" (?:==|>|<|and) (?:on \(\w*\) )?(?:group_left \(\) )?")


@pytest.fixture
def folder() -> Iterator[Path]:
    found = state_dir() / "board"
    with only_one("board"):
        shutil.rmtree(found, ignore_errors=True)
        found.mkdir()
        yield found
        shutil.rmtree(found)


def parts(condition: str) -> list[str]:
    """What a rule compares, without thresholds."""
    return [part for part in _COMPARED.split(condition) if not re.fullmatch(r"[\d.e]+", part)]


def rules() -> list[str]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())["groups"]
    return [part for group in groups for rule in group["rules"] for part in parts(rule["expr"])]


def configuration(targets: dict[str, str]) -> str:
    """That of the page, with these targets by job, and scrapes every two seconds."""
    (shown,) = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "alerts.md").read_text(), re.DOTALL)
    found = yaml.safe_load(shown)
    assert [job["job_name"] for job in found["scrape_configs"]] == list(targets)
    for job in found["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    assert found["rule_files"] == ["rules.yml"]
    return yaml.safe_dump(found | {"global": {"scrape_interval": "2s", "evaluation_interval": "2s"}})


def ask(base: str, query: str) -> list[float]:
    """The values that Prometheus finds, without those that are not numbers."""
    words = urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(f"{base}/api/v1/query?{words}", timeout=30) as answer:
        found = json.load(answer)["data"]["result"]
    values = (float(series["value"][1]) for series in found)
    return [value for value in values if not math.isnan(value)]


# Seen to fail: with a misspelt metric in a panel and in a rule; without the port of the broker's job.
def test_every_query_has_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with state_in(folder), ExitStack() as running:
        base = start(folder, running, monkeypatch)
        empty = dict.fromkeys([*board.queries(), *rules()])
        end = time.monotonic() + PATIENCE_S
        while empty and time.monotonic() < end:
            empty = {query: None for query in empty if not ask(base, query)}
            time.sleep(0.5)
        assert not empty, "\n".join(["without data:", *empty])
        with urllib.request.urlopen(f"{base}/api/v1/rules", timeout=30) as answer:
            groups = json.load(answer)["data"]["groups"]
        assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}


def start(folder: Path, running: ExitStack, monkeypatch: pytest.MonkeyPatch) -> str:
    """What scripts/run starts, the metrics job and Prometheus: its address."""
    running.callback(cluster.stop, "immediate")
    db.up(lambda _text: None)
    demo.prepare()
    counted = folder / "counted"
    counted.mkdir()
    variables = {
        "DATABASE_URL": url(API),
        "SUPABASE_JWT_SECRET": demo.jwt_secret(),
        "RASTRO_JWT_ISSUER": demo.ISSUER,
    }
    stream = running.enter_context(services.stream(variables, folder))
    variables["PROMETHEUS_MULTIPROC_DIR"] = str(counted)
    port, _ = running.enter_context(
        ports.on_a_free_port(
            first_port(18_350), lambda port: api.served("127.0.0.1", port, 1, variables, folder / "api.log")
        )
    )
    running.enter_context(services.maintenance(folder))
    beside = ports.free_port(first_port(19_800))
    monkeypatch.setenv("RASTRO_BROKER_METRICS_PORT", str(beside))
    broker = running.enter_context(services.broker(folder))
    gateway = running.enter_context(services.gateway(broker, folder))
    address = api.base("127.0.0.1", port)
    monkeypatch.setenv("RASTRO_BROKER_URL", state.get("broker_url"))
    running.enter_context(services.simulator(address, folder, 5, 10, mqtt=True))
    own = ports.free_port(beside + 1)
    job = {"RASTRO_MAINTENANCE_URL": url(MAINTENANCE), "RASTRO_METRICS_PORT": str(own)}
    job["PROMETHEUS_MULTIPROC_DIR"] = str(counted)
    command = [services.PYTHON, "-m", "app.jobs.metrics"]
    running.enter_context(children.child(command, job, folder / "metrics.log"))
    targets = {
        "rastro": f"127.0.0.1:{own}",
        "rastro-gateway": urllib.parse.urlsplit(gateway).netloc,
        "rastro-stream": urllib.parse.urlsplit(stream).netloc,
        "rastro-broker": f"127.0.0.1:{beside}",
    }
    base = running.enter_context(prometheus(folder / "prometheus", targets))
    refuse(address)
    return base


def refuse(address: str) -> None:
    """A request without a stream is answered 503, and what is no message goes into quarantine."""
    request = urllib.request.Request(f"{address}/v2/stream", headers={"X-API-Key": demo.api_key()})
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(request, timeout=30)
    broker = urllib.parse.urlsplit(state.get("broker_url"))
    publish.single(
        "rastro/1/board/1/telem", b"{", 1, hostname=broker.hostname, port=broker.port, protocol=MQTTv5,
        auth={"username": broker.username, "password": broker.password},
    )  # fmt: skip


@contextmanager
def prometheus(folder: Path, targets: dict[str, str]) -> Iterator[str]:
    """Prometheus with the configuration of the page, once it is ready: its address."""
    folder.mkdir()
    (folder / "prometheus.yml").write_text(configuration(targets))
    shutil.copy(DEPLOY / "prometheus" / "rules.yml", folder)
    port = ports.free_port(first_port(19_850))
    words = [programs.prometheus(), "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    words.append(f"--web.listen-address=127.0.0.1:{port}")
    log = folder.parent / "prometheus.log"
    with children.child(words, {}, log, folder) as process:
        base = f"http://127.0.0.1:{port}"
        children.wait_until_ready(f"{base}/-/ready", process, 30, log, "Prometheus")
        yield base
