"""The stream behind nginx as Debian installs it, which buffers and speaks HTTP/1.0, and behind HAProxy."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest

from scripts.devkit.local import programs
from tests._lib.databases import Database
from tests.http import callers, serving
from tests.http.jobs.stream import Server, streaming

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

READER = callers.as_user(callers.READER)
DEVICE = 7
# Nothing is set for the stream. gzip is on for everything, and idle connections are ended soon.
NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/errors;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  gzip on; gzip_types *; gzip_proxied any; gzip_min_length 0;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_read_timeout 4s; send_timeout 4s; }}
  }}
}}
"""
HAPROXY = """
defaults
  mode http
  timeout connect 4s
  timeout client 4s
  timeout server 4s
  compression algo gzip
listen stream
  bind 127.0.0.1:{port}
  server one 127.0.0.1:{behind}
"""
PROXIES = {"nginx": (NGINX, ["-e", "stderr", "-c"]), "haproxy": (HAPROXY, ["-db", "-f"])}


@contextmanager
def proxied(name: str, behind: int, folder: Path) -> Iterator[Server]:
    """The same address behind a proxy."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    text, options = PROXIES[name]
    settings = folder / "settings"
    settings.write_text(text.format(folder=folder, port=port, behind=behind))
    with subprocess.Popen([programs.proxy(name), *options, str(settings)]) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield Server(port)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The demo fleet and the callers."""
    return callers.settle(database)


@pytest.fixture
def report(fleet: Database) -> Iterator[Callable[[float], None]]:
    """Stores a battery voltage of the device, now."""
    with closing(psycopg2.connect(fleet.owner_url)) as owner:
        owner.autocommit = True

        def send(battery: float) -> None:
            reading = {
                "cdDispositivo": DEVICE,
                "dtRegistro": datetime.now(UTC).isoformat(),
                "nrBat": battery,
            }
            with owner.cursor() as cursor:
                cursor.execute("select insert_device_readings(%s)", (json.dumps([reading]),))

        yield send


# Seen to fail: nginx, without X-Accel-Buffering.
@pytest.mark.parametrize("name", PROXIES)
@pytest.mark.parametrize("through", ["stream", "api"])
def test_it_arrives_at_once_and_resumes(
    fleet: Database, report: Callable[[float], None], tmp_path: Path, name: str, through: str
) -> None:
    """Also compressed where the proxy wants that, and when nothing changes for longer than it waits."""
    with ExitStack() as stack:
        stream = stack.enter_context(streaming(fleet.api_url, RASTRO_STREAM_HEARTBEAT_S="1"))
        behind = stream.port
        if through == "api":
            served = serving.serving(fleet.api_url, tmp_path / "log", RASTRO_STREAM_URL=stream.base)
            behind = stack.enter_context(served).port
            Server(behind).get("/health/live")  # its worker takes longer to start than proxies wait
        proxy = stack.enter_context(proxied(name, behind, tmp_path))
        report(3.1)
        with proxy.viewer(**READER, Accept_Encoding="gzip") as viewer:
            viewer.until(lambda one: one.seen.get(DEVICE, {}).get("nrBat") == 3.1)
            report(3.2)
            viewer.until(lambda one: one.seen[DEVICE]["nrBat"] == 3.2)
            for _ in range(6):  # longer than the proxy waits for anything
                while viewer.event().name != "heartbeat":
                    pass
            report(3.3)
            viewer.until(lambda one: one.seen[DEVICE]["nrBat"] == 3.3)
        report(3.4)
        with proxy.viewer(last=viewer, **READER) as resumed:
            assert resumed.event().data["resumed"] is True
            resumed.until(lambda one: one.seen[DEVICE]["nrBat"] == 3.4)
        assert resumed.ever == {DEVICE}
        for _ in range(200):  # the proxy says that its viewers have left
            if stream.open() == 0:
                break
            time.sleep(0.05)
        assert stream.open() == 0
