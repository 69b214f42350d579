"""How gunicorn serves the API: ``gunicorn --config python:app.server.gunicorn wsgi:app``.

Options on the command line go before these. A module of settings: gunicorn takes every name it knows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

import app.http.kit.shares  # noqa: F401 - its counters are made here, before the processes fork
from app.http.kit.successors import USES
from app.settings import Settings

_settings = Settings.from_env()

worker_class = "app.server.worker.Worker"
# A process for each core does the work; its threads wait for the database only, and are several times a
# pool's connections: while statements are slow, a thread must be free to answer 503.
workers = os.cpu_count() or 1
threads = _settings.threads
# A thousand ids in a query fit into the line, the longest token into a header.
limit_request_line = 8_190
limit_request_fields = 50
limit_request_field_size = 16_380
keepalive = 5  # seconds; also what a connection has to say its first word
graceful_timeout = 10  # seconds; longer than a statement may take, so that a stop lets requests end
loglevel = "warning"  # what becomes of requests is in the application's log
control_socket_disable = True
# X-Forwarded-Proto is trusted from these proxies only.
forwarded_allow_ips = _settings.trusted_proxies


def on_starting(_server: Any) -> None:
    """What earlier processes counted is of no use: counters begin at 0."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        for file in Path(folder).glob("*.db"):
            file.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Connections of a process that has ended are in use no longer."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid, folder)  # type: ignore[no-untyped-call]


def post_fork(_server: Any, worker: Any) -> None:
    """Workers are numbered in the order in which they begin."""
    USES.begin(worker.age)
