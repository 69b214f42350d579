"""scripts/run: from a clone to a running API with devices reporting, in one command."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from ..console import Problem, fail, say
from ..fleet import demo
from ..local import api, children, cluster, mosquitto, ports, state
from ..local.databases import API, UPKEEP, url
from ..local.locks import only_one_at_all
from ..local.paths import ROOT, VENV, local
from ..schema import migrations
from . import db

FIRST_PORT = 8000
FIRST_BROKER_PORT = 1883
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    options = _parser().parse_args()
    children.on_signals(ENDING, _stop)
    try:
        with ExitStack() as stack:
            try:
                _foreign(options, stack) if _database_is_given() else _private(options, stack)
            finally:
                # From here on everything is being stopped; a second Ctrl-C must not stop that.
                children.on_signals(ENDING, lambda: None)
    except KeyboardInterrupt:
        say("Stopped")
    except Problem as problem:
        fail(str(problem))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Start a private PostgreSQL, the API and a simulated fleet. Ctrl-C stops them.",
        epilog="With DATABASE_URL or SUPABASE_PUBLISHABLE_KEY set, only the API is started, on that one.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address the API listens on (127.0.0.1)")
    add("--port", type=int, default=FIRST_PORT, help=f"first port to try ({FIRST_PORT})")
    add("--workers", type=int, default=os.cpu_count() or 1, help="processes of the API (one for each core)")
    add("--devices", type=int, default=20, help="simulated devices, 0 for none (20)")
    add("--rate", type=float, default=5, help="readings a second of all of them together (5)")
    add("--mqtt", action="store_true", help="the simulated devices publish to the broker instead of posting")
    add("--migrate", action="store_true", help="on a database of yours: apply the migrations first")
    return parser


def _database_is_given() -> bool:
    return any(os.environ.get(name) for name in ("DATABASE_URL", "SUPABASE_PUBLISHABLE_KEY"))


def _stop() -> NoReturn:
    say("Stopping")
    raise KeyboardInterrupt


def _private(options: argparse.Namespace, stack: ExitStack) -> None:
    """Everything of our own: cluster, demo data, API, fleet."""
    began = time.monotonic()
    if not stack.enter_context(only_one_at_all("run")):
        raise Problem("scripts/run is already running in this clone.")
    stack.enter_context(_stopping_the_cluster_we_started())
    db.up()
    demo.prepare()
    log = local() / "api.log"
    variables = {
        "DATABASE_URL": url(API),
        "SUPABASE_JWT_SECRET": demo.jwt_secret(),
        "RASTRO_JWT_ISSUER": demo.ISSUER,
    }
    port, server = stack.enter_context(_api(options, variables, log))
    state.put("api_port", port)
    base = api.base(options.host, port)
    say(
        f"The API is ready after {time.monotonic() - began:.1f} s, on {options.workers} processes; log: {log}"
    )
    stack.enter_context(_upkeep())
    broker = stack.enter_context(_broker())
    stack.enter_context(_gateway(broker))
    if options.devices:
        stack.enter_context(_fleet(options, base))
    _introduce(base)
    _serve(server, log)


def _foreign(options: argparse.Namespace, stack: ExitStack) -> None:
    """The API on a database that exists, reached either way; nothing installed, seeded or simulated."""
    _check_settings()
    if options.migrate:
        owner = os.environ.get("RASTRO_MIGRATION_URL") or os.environ.get("DATABASE_URL")
        if not owner:
            raise Problem("--migrate needs RASTRO_MIGRATION_URL: migrations do not go through the REST API.")
        applied = migrations.migrate(owner, report=say)
        say(f"{len(applied)} migrations applied")
    port, server = stack.enter_context(_api(options, {}, None))
    say(f"The API listens on {api.base(options.host, port)} (docs: /docs). Ctrl-C stops it.")
    _serve(server, None)


def _api(
    options: argparse.Namespace, variables: Mapping[str, str], log: Path | None
) -> AbstractContextManager[tuple[int, subprocess.Popen[bytes]]]:
    """The API on the first free port from --port on: the port and the process."""
    return ports.on_a_free_port(
        options.port, lambda port: api.served(options.host, port, options.workers, variables, log)
    )


def _check_settings() -> None:
    """Say what is missing here, in a few lines, before every worker says it at length."""
    sys.path.insert(0, str(ROOT))
    from app.settings import Settings
    from app.variables import SettingsError

    try:
        Settings.from_env()
    except SettingsError as error:
        raise Problem(f"{error}\nSee .env.example.") from error


@contextmanager
def _stopping_the_cluster_we_started() -> Iterator[None]:
    was_up = cluster.running()
    try:
        yield
    finally:
        if not was_up and cluster.stop():
            say("PostgreSQL stopped; the data stays for the next start")


@contextmanager
def _upkeep() -> Iterator[None]:
    log = local() / "maintenance.log"
    command = [str(VENV / "bin" / "python"), "-m", "app.jobs.maintenance"]
    with children.child(command, {"RASTRO_MAINTENANCE_URL": url(UPKEEP)}, log):
        yield


@contextmanager
def _broker() -> Iterator[mosquitto.Broker]:
    """Mosquitto, and whoever writes down for it which devices have been given a login, and which no more."""
    folder = local() / "broker"
    folder.mkdir(exist_ok=True)
    secrets = {
        "RASTRO_MQTT_PASSWORD": demo.secret("gateway_password"),
        "RASTRO_PUBLISHER_PASSWORD": demo.secret("publisher_password"),
    }
    acl = [
        str(VENV / "bin" / "python"), str(ROOT / "scripts" / "broker-acl"),
        "--folder", str(folder), "--publisher", "simulator",
    ]  # fmt: skip
    children.succeed(acl, secrets)
    with ports.on_a_free_port(FIRST_BROKER_PORT, lambda port: mosquitto.running(folder, port)) as (_, broker):
        state.put(
            "broker_url", f"mqtt://simulator:{secrets['RASTRO_PUBLISHER_PASSWORD']}@127.0.0.1:{broker.port}"
        )
        assert broker.process is not None
        often = ["--every", "5", "--reload", str(broker.process.pid)]
        with children.child([*acl, *often], secrets, local() / "broker-acl.log"):
            yield broker


@contextmanager
def _gateway(broker: mosquitto.Broker) -> Iterator[None]:
    log = local() / "gateway.log"
    variables = {
        "DATABASE_URL": url(API),
        "RASTRO_GATEWAY_KEY": demo.api_key(),
        "RASTRO_MQTT_URL": broker.url,
        "RASTRO_MQTT_USER": "gateway",
        "RASTRO_MQTT_PASSWORD": demo.secret("gateway_password"),
    }

    @contextmanager
    def served(port: int) -> Iterator[None]:
        command = [str(VENV / "bin" / "python"), "-m", "app.ingest"]
        with children.child(command, variables | {"RASTRO_GATEWAY_PORT": str(port)}, log) as gateway:
            children.wait_until_ready(
                f"http://127.0.0.1:{port}/health/ready", gateway, 20, log, "the gateway"
            )
            yield

    with ports.on_a_free_port(9_108, served) as (port, _):
        say(f"The MQTT gateway is ready: broker {broker.url}, metrics http://127.0.0.1:{port}/metrics")
        yield


@contextmanager
def _fleet(options: argparse.Namespace, base: str) -> Iterator[None]:
    log = local() / "simulate.log"
    command = [str(VENV / "bin" / "python"), str(ROOT / "scripts" / "simulate"), "--url", base]
    size = ["--devices", str(options.devices), "--rate", str(options.rate)]
    size += ["--mqtt"] if options.mqtt else []
    # The key goes by the environment: a command line is everybody's to read.
    with children.child([*command, *size], {"RASTRO_API_KEY": demo.api_key()}, log):
        say(f"{options.devices} simulated devices send {options.rate:g} readings a second; log: {log}")
        yield


def _introduce(base: str) -> None:
    say(f"\n  URL    {base}    (documentation: {base}/docs)")
    say(f"  Key    {demo.api_key()}    (reads and ingests for every client)")
    say(f"  Token  {demo.token()}\n         (Ana, admin of client 1 and its child, for 24 hours)\n")
    say("Try:\n")
    for line in demo.curl_lines(base):
        say(f"{line}\n")
    say("Ctrl-C stops everything.")


def _serve(process: subprocess.Popen[bytes], log: Path | None) -> None:
    process.wait()
    raise Problem(f"the API ended by itself.{children.tail(log)}")
