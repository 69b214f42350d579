"""scripts/run: from a clone to a running API with devices that report, in one command."""

import argparse
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from ..console import Problem, fail, say
from ..fleet import demo, pictures, services
from ..local import api, children, cluster, ports, state, web
from ..local.databases import API, url
from ..local.environment import database_is_given
from ..local.locks import only_one_at_all
from ..local.paths import LOCAL, ROOT, local
from ..schema import migrations, reach
from . import db

FIRST_PORT = 8000
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SCREEN = """
  Page      {base}/#token={token}
            That is as Ana. As Bruno, who only reads: {base}/#token={reader}
  API       {base}    documentation: {base}/docs
  MQTT      {broker}    metrics of the gateway: {metrics}
  Devices   {devices}
  Logs      {logs}/*.log

In another terminal:

  . {environment}
  curl "$URL/v2/TbPosicaoAtual?cdProduto=1" -H "Authorization: Bearer $TOKEN"
  curl -N "$URL/v2/stream" -H "Authorization: Bearer $TOKEN"

The first line sets $URL, $KEY (an API key that reads and ingests for every client) and $TOKEN (of Ana, an
administrator of client 1; valid for 24 hours; in the address of the page, too). README.md has more to try.
Press Ctrl-C to stop everything."""


def main() -> None:
    options = _parser().parse_args()
    children.on_signals(ENDING, _stop)
    try:
        with ExitStack() as stack:
            try:
                _foreign(options, stack) if database_is_given() else _private(options, stack)
            finally:
                # From here on everything is being stopped; a second Ctrl-C must not interrupt that.
                children.on_signals(ENDING, lambda: None)
    except KeyboardInterrupt:
        say("Stopped")
    except Problem as problem:
        fail(str(problem))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Start a private PostgreSQL with demo data, the API, an MQTT broker with the gateway, "
        "and simulated devices. Ctrl-C stops all of them; the data is kept for the next start.",
        epilog="With DATABASE_URL or SUPABASE_PUBLISHABLE_KEY set, only the API is started, on that one.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address on which the API listens (default: 127.0.0.1)")
    add(
        "--port",
        type=int,
        default=FIRST_PORT,
        help=f"port of the API; the next free one if it is taken (default: {FIRST_PORT})",
    )
    add(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes of the API (default: one per processor)",
    )
    add("--devices", type=int, default=20, help="simulated devices; 0 for none (default: 20)")
    add("--rate", type=float, default=5, help="readings per second, of all devices together (default: 5)")
    add("--mqtt", action="store_true", help="let the simulated devices publish by MQTT instead of HTTP")
    add("--migrate", action="store_true", help="with DATABASE_URL: apply pending migrations first")
    return parser


def _stop() -> NoReturn:
    say("Stopping")
    raise KeyboardInterrupt


def _private(options: argparse.Namespace, stack: ExitStack) -> None:
    """Start everything: cluster, demo data, API, broker, gateway, devices."""
    began = time.monotonic()
    if not stack.enter_context(only_one_at_all("run")):
        raise Problem("scripts/run is already running in this clone.")
    state.put("api_port", None)
    stack.enter_context(_stopping_the_cluster_we_started())
    with ThreadPoolExecutor(max_workers=1) as beside:  # from npm, while PostgreSQL works
        libraries = beside.submit(_libraries)
        db.up()
        demo.prepare()
    log, images = local() / "api.log", local() / "imagens"
    pictures.put(images)
    variables = {
        "DATABASE_URL": url(API),
        "SUPABASE_JWT_SECRET": demo.jwt_secret(),
        "RASTRO_JWT_ISSUER": demo.ISSUER,
        "RASTRO_IMAGE_FOLDER": str(images),
        **libraries.result(),
    }
    variables["RASTRO_STREAM_URL"] = stack.enter_context(services.stream(variables, local()))
    port, server = stack.enter_context(_api(options, variables, log))
    state.put("api_port", port)
    base = api.base(options.host, port)
    stack.enter_context(services.maintenance(local()))
    broker = stack.enter_context(services.broker(local()))
    metrics = stack.enter_context(services.gateway(broker, local()))
    if options.devices:
        fleet = services.simulator(base, local(), options.devices, options.rate, mqtt=options.mqtt)
        stack.enter_context(fleet)
    environment = stack.enter_context(environment_file(local() / "env", base))
    say(f"Ready after {time.monotonic() - began:.1f} s")
    say(_screen(options, base, broker.url, metrics, environment))
    _serve(server, log)


def _libraries() -> dict[str, str]:
    """Where the page at / finds what it needs for maps and curves, if that is not set and can be had.

    Without them everything else works: whatever keeps npm from them does not keep the rest from starting.
    """
    if os.environ.get("RASTRO_WEB_LIBRARIES"):
        return {}
    try:
        return {"RASTRO_WEB_LIBRARIES": str(web.libraries())}
    except Problem as missing:
        say(f"The page will have no map and no curves: {missing}")
        return {}


def _foreign(options: argparse.Namespace, stack: ExitStack) -> None:
    """Start the API on an existing database, reached either way, and simulate nothing."""
    _check_settings()
    if options.migrate:
        owner = os.environ.get("RASTRO_MIGRATION_URL") or os.environ.get("DATABASE_URL")
        if not owner:
            raise Problem("--migrate needs RASTRO_MIGRATION_URL: the REST API cannot apply migrations.")
        if not migrations.migrate(owner, report=say):
            say("All migrations are applied")
    if database := os.environ.get("DATABASE_URL"):
        with reach.session(database):
            pass  # a login that is refused is told here and now; the API would wait for it to change
    port, server = stack.enter_context(_api(options, _libraries(), None))
    base = api.base(options.host, port)
    say(f"The API listens on {base}, with its documentation at {base}/docs. Press Ctrl-C to stop it.")
    _serve(server, None)


def _api(
    options: argparse.Namespace, variables: Mapping[str, str], log: Path | None
) -> AbstractContextManager[tuple[int, subprocess.Popen[bytes]]]:
    """The API on the first free port from --port on: the port and the process."""
    return ports.on_a_free_port(
        options.port, lambda port: api.served(options.host, port, options.workers, variables, log)
    )


def _check_settings() -> None:
    """Report missing settings once, before each process of the API does."""
    from app.environment import SettingsError
    from app.settings import Settings

    try:
        Settings.from_env()
    except SettingsError as error:
        raise Problem(f"{error}\nSee .env.example.") from error


@contextmanager
def _stopping_the_cluster_we_started() -> Iterator[None]:
    was_running = cluster.running()
    try:
        yield
    finally:
        if not was_running and cluster.stop():
            say("PostgreSQL stopped; its data is kept for the next start")


@contextmanager
def environment_file(path: Path, base: str) -> Iterator[Path]:
    """A shell script that sets URL, KEY and TOKEN, readable by its owner only; deleted at the end."""
    values = {"URL": base, "KEY": demo.api_key(), "TOKEN": demo.token()}
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _screen(options: argparse.Namespace, base: str, broker: str, metrics: str, environment: Path) -> str:
    devices = (
        f"{options.devices} simulated, {options.rate:g} readings per second; vans on avenues"
        if options.devices
        else "none"
    )
    return SCREEN.format(
        base=base,
        token=demo.token(),
        reader=demo.token(demo.READER),
        broker=broker,
        metrics=metrics,
        devices=devices,
        logs=_short(LOCAL),
        environment=_short(environment),
    )


def _short(path: Path) -> str:
    """As one types it in the clone."""
    return str(path.relative_to(ROOT))


def _serve(process: subprocess.Popen[bytes], log: Path | None) -> None:
    process.wait()
    raise Problem(f"The API has ended unexpectedly.{children.tail(log)}")
