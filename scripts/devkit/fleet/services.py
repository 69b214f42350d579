"""What scripts/run starts beside the API: maintenance, MQTT broker, gateway and simulated fleet.

Each has a folder for its log.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..local import children, mosquitto, ports, state
from ..local.databases import API, BROKER, MAINTENANCE, url
from ..local.paths import ROOT, VENV
from . import demo

FIRST_BROKER_PORT = 1883
FIRST_GATEWAY_PORT = 9108
FIRST_STREAM_PORT = 8900
STREAM_SECONDS = 30
GATEWAY_SECONDS = 20
GATEWAY = "gateway-0"  # its login at the broker
PYTHON = str(VENV / "bin" / "python")


@contextmanager
def maintenance(folder: Path) -> Iterator[None]:
    """Maintenance of the time series, as a deployment without pg_cron runs it."""
    variables = {"RASTRO_MAINTENANCE_URL": url(MAINTENANCE)}
    with children.child([PYTHON, "-m", "app.jobs.maintenance"], variables, folder / "maintenance.log"):
        yield


@contextmanager
def stream(variables: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The stream, with the settings of the API; its URL."""
    log = folder / "stream.log"
    with ports.on_a_free_port(FIRST_STREAM_PORT, lambda port: _stream(port, variables, log)) as (_, base):
        yield base


@contextmanager
def _stream(port: int, variables: Mapping[str, str], log: Path) -> Iterator[str]:
    base = f"http://127.0.0.1:{port}"
    variables = {**variables, "RASTRO_STREAM_PORT": str(port)}
    with children.child([PYTHON, "-m", "app.jobs.stream"], variables, log) as process:
        children.wait_until_ready(f"{base}/health/live", process, STREAM_SECONDS, log, "the stream")
        yield base


@contextmanager
def broker(logs: Path) -> Iterator[mosquitto.Broker]:
    """Mosquitto, and the job that tells it the logins of devices."""
    folder = logs / "broker"
    folder.mkdir(exist_ok=True)
    publisher = demo.secret("publisher_password")
    secrets = {
        "RASTRO_BROKER_GATEWAYS": f"{GATEWAY}:{demo.secret('gateway_password')}",
        "RASTRO_BROKER_PUBLISHERS": f"simulator:{publisher}",
        "RASTRO_BROKER_ACL_URL": url(BROKER),
    }
    acl = [PYTHON, "-m", "app.jobs.broker_acl", "--folder", str(folder)]
    children.succeed(acl, secrets)
    with ports.on_a_free_port(FIRST_BROKER_PORT, lambda port: mosquitto.running(folder, port)) as (_, broker):
        state.put("broker_url", f"mqtt://simulator:{publisher}@127.0.0.1:{broker.gateway_port}")
        assert broker.process is not None
        repeated = ["--every", "5", "--control", broker.gateway_url, "--devices", str(broker.port)]
        repeated += ["--reload", str(broker.process.pid)]
        with children.child([*acl, *repeated], secrets, logs / "broker-acl.log"):
            yield broker


@contextmanager
def gateway(broker: mosquitto.Broker, folder: Path) -> Iterator[str]:
    """The MQTT gateway, ready; the URL of its metrics."""
    variables = {
        "DATABASE_URL": url(API),
        "RASTRO_GATEWAY_KEY": demo.api_key(),
        "RASTRO_MQTT_URL": broker.gateway_url,
        "RASTRO_MQTT_USER": GATEWAY,
        "RASTRO_MQTT_PASSWORD": demo.secret("gateway_password"),
    }
    log = folder / "gateway.log"
    with ports.on_a_free_port(FIRST_GATEWAY_PORT, lambda port: _gateway(port, variables, log)) as (_, base):
        yield f"{base}/metrics"


@contextmanager
def _gateway(port: int, variables: Mapping[str, str], log: Path) -> Iterator[str]:
    base = f"http://127.0.0.1:{port}"
    variables = {**variables, "RASTRO_GATEWAY_PORT": str(port)}
    with children.child([PYTHON, "-m", "app.ingest"], variables, log) as process:
        children.wait_until_ready(f"{base}/health/ready", process, GATEWAY_SECONDS, log, "the gateway")
        yield base


@contextmanager
def simulator(base: str, folder: Path, devices: int, rate: float, *, mqtt: bool) -> Iterator[None]:
    """Simulated devices that send to the API, or with `mqtt` to the broker; those of the scene to the API."""
    command = [PYTHON, str(ROOT / "scripts" / "simulate"), "--url", base]
    size = ["--devices", str(devices), "--rate", str(rate), *(["--mqtt"] if mqtt else [])]
    # The key is passed in the environment: every user of the machine can read command lines.
    variables = {"RASTRO_API_KEY": demo.api_key()}
    with (
        children.child([*command, *size], variables, folder / "simulate.log"),
        children.child([*command, "--scene"], variables, folder / "scene.log"),
    ):
        yield
