"""Two clones on one machine: each finds its own servers, whoever else listens there. Real processes."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg2
import pytest

from scripts.devkit.local import api, children, cluster, databases, mosquitto, ports, postmaster
from scripts.devkit.local.paths import state_dir, state_in


class _Ready(BaseHTTPRequestHandler):
    """Another clone's API: it is ready, too."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def theirs() -> Iterator[int]:
    """The port of another clone's API."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Ready) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


VARIABLES = {
    "DATABASE_URL": "postgresql://rastro_api@127.0.0.1:1/none",
    "SUPABASE_JWT_SECRET": "of the tests, 32 bytes long or more",
    "RASTRO_JWT_ISSUER": "https://rastro.example/auth/v1",
}


# Seen to fail: while any answer with 200 meant that ours was ready.
def test_the_api_of_another_clone_is_not_taken_for_ours(theirs, tmp_path):
    log = tmp_path / "api.log"
    with pytest.raises(ports.PortTaken), api.served("127.0.0.1", theirs, 1, VARIABLES, log):
        pass


# Seen to fail: while any listener meant that ours was there.
def test_the_broker_of_another_clone_is_not_taken_for_ours(theirs, tmp_path):
    with pytest.raises(ports.PortTaken), mosquitto.serving(tmp_path, theirs, {}):
        pass


@contextmanager
def _served(port: int) -> Iterator[int]:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with children.child(command, {}, None) as process:
        children.wait_until_ready(f"http://127.0.0.1:{port}/", process, 20, None, "the server")
        yield process.pid


def test_a_port_that_another_clone_takes_in_between_is_left_to_it(theirs, monkeypatch):
    """The port looked free when we asked; by the time our process starts, it is not."""
    free = ports.free_port
    answers = iter([theirs])
    monkeypatch.setattr(ports, "free_port", lambda first: next(answers, None) or free(first))
    with ports.on_a_free_port(theirs, _served) as (port, _):
        assert port > theirs


@pytest.fixture
def private() -> Iterator[None]:
    """A PostgreSQL of this test alone, running, where the server's user has access."""
    folder = state_dir() / f"two-clones-{os.getpid()}"
    with state_in(folder):
        cluster.start()
        try:
            yield
        finally:
            cluster.stop("immediate")
            shutil.rmtree(folder)


def _data_directory() -> str:
    with databases.admin() as cursor:
        cursor.execute("show data_directory")
        return str(cursor.fetchone()[0])


def _await_state(state: str, data: Path) -> None:
    end = time.monotonic() + 60
    while (found := postmaster.find(data)) and found.state != state:
        assert time.monotonic() < end
        time.sleep(0.01)


# Seen to fail: a server that is stopping was taken for a running one.
def test_a_server_that_is_still_stopping_is_waited_for_and_started_again(private):
    ours = _data_directory()
    with closing(psycopg2.connect(databases.url(cluster.ADMIN, "postgres"))) as session:
        # It stops once this session has ended; then another clone may take its port.
        assert not cluster._pg_ctl("stop", "--no-wait", "-m", "smart").returncode
        _await_state("stopping", Path(ours))  # on a busy machine the signal takes a moment to be acted on
        threading.Timer(1.0, session.close).start()
        assert cluster.start()
    assert _data_directory() == ours


# Seen to fail: while only the port was asked for that was chosen last.
def test_the_port_is_that_of_our_own_server(private):
    taken = cluster.port()
    cluster.state.put("postgres_port", taken + 1)  # whoever listens there is another clone's
    assert not cluster.start()
    assert cluster.port() == taken
