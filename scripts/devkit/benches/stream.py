"""How long a position takes from its commit to the viewers of the stream, and what the stream costs.

Devices report once a second, a batch of each client through insert_device_readings. Each client has viewers,
each with a key of its own. One viewer of each client is cut now and then, and resumes; in the end its
positions are compared with the database's.
"""

import argparse
import hashlib
import json
import os
import secrets
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ..console import say
from ..fleet.services import PYTHON
from ..local import children, ports
from ..local.paths import local
from . import bench, cpu
from .stream_viewers import Batteries, Crowd, Seen

NAME = "stream"
HELP = "latency and cost of GET /v2/stream"

_FIRST_PORT = 18_900
_READY_S = 120
_FLEET = """
    insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001');
    insert into "TbCliente" ("cdCliente", "dsNome")
      select c, 'Client ' || c from generate_series(1, {clients}) c;
    insert into public.profiles (id, role) values ('00000000-0000-4000-8000-000000000001', 'service')
      on conflict (id) do update set role = 'service';
    insert into "TbDispositivo" ("cdDispositivo", "dsDispositivo", "cdStatus", "cdCliente")
      select c * 1000 + d, 'Device ' || d, 'ativo', c
      from generate_series(1, {clients}) c, generate_series(1, {devices}) d;
"""
_KEY = """
    insert into "TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes", "cdClientes")
    values ('00000000-0000-4000-8000-000000000001', %s, '{read}', array[%s])
"""


@dataclass
class Fed:
    """When the batch of each client and time was committed, and seconds of a processor that this took."""

    commits: dict[tuple[int, str], float] = field(default_factory=dict)
    client_s: float = 0.0
    session_s: float = 0.0


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--scale", type=float, default=1.0, help="part of the 100 clients (default: 1)")
    add("--devices", type=int, default=100, help="devices of a client (default: 100)")
    add("--viewers", type=int, default=10, help="viewers of a client (default: 10)")
    add("--seconds", type=float, default=30, help="duration (default: 30)")
    add("--cut", type=float, default=5, help="seconds between cuts of a viewer (default: 5)")


def run(options: argparse.Namespace) -> None:
    clients = max(1, round(100 * options.scale))
    with bench.throwaway() as database:
        say(bench.machine(database))
        viewers = _prepared(database, clients, options.devices, options.viewers)
        with ports.on_a_free_port(_FIRST_PORT, lambda port: _stream(database, port)) as (port, process):
            base = f"http://127.0.0.1:{port}"
            crowd = Crowd(base, viewers, options.cut)
            crowd.wait_until_open()
            say(f"{len(viewers)} viewers of {clients} clients; {clients * options.devices} devices at 1 Hz")
            before, began = _costs(process.pid, crowd.process, database), time.monotonic()
            fed = _fed(database, clients, options)
            elapsed = time.monotonic() - began
            after = _costs(process.pid, crowd.process, database)
            memory = _memory(process.pid)
            expected = _last(database)
            seen = crowd.end(expected)
        _report(seen, fed.commits, options.viewers)
        stream, session, viewing = (
            (late - early) / elapsed for early, late in zip(before, after, strict=True)
        )
        feeding, inserting = fed.client_s / elapsed, fed.session_s / elapsed
        say(f"cores: stream {stream:.2f}, its session {session:.2f}; memory {memory:.0f} MB")
        say(f"cores of the bench: viewers {viewing:.2f}, feed {feeding:.2f}, its sessions {inserting:.2f}")
        say(f"load of the machine {os.getloadavg()[0]:.1f}")
        say(f"sent {seen.bytes_received / elapsed / 1e6:.1f} MB/s; resumed {seen.resumed} times")
        wrong = sum(
            seen.batteries[client].get(device) != battery
            for client, devices in expected.items()
            for device, battery in devices.items()
        )
        say(f"last positions that differ from the database's: {wrong} of {clients * options.devices}")


def _prepared(
    database: bench.Bench, clients: int, devices: int, viewers: int
) -> list[tuple[int, int, dict[str, str]]]:
    """The fleet; each viewer as its client, its number and its headers."""
    made = []
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(_FLEET.format(clients=clients, devices=devices))
        for client in range(1, clients + 1):
            for number in range(viewers):
                key = f"rastro_{secrets.token_urlsafe(32)}"
                cursor.execute(_KEY, (hashlib.sha256(key.encode()).hexdigest(), client))
                made.append((client, number, {"X-API-Key": key}))
    return made


@contextmanager
def _stream(database: bench.Bench, port: int) -> Iterator[subprocess.Popen[bytes]]:
    log = local() / "bench-stream.log"
    variables = {
        "DATABASE_URL": database.api_url,
        "SUPABASE_JWT_SECRET": secrets.token_urlsafe(48),
        "RASTRO_JWT_ISSUER": "bench",
        "RASTRO_STREAM_PORT": str(port),
    }
    with children.child([PYTHON, "-m", "app.jobs.stream"], variables, log) as process:
        url = f"http://127.0.0.1:{port}/health/live"
        children.wait_until_ready(url, process, _READY_S, log, "the stream")
        yield process


def _fed(database: bench.Bench, clients: int, options: argparse.Namespace) -> Fed:
    """Have all devices report each second."""
    fed = Fed()
    until = time.monotonic() + options.seconds
    halves = [range(1, clients + 1, 2), range(2, clients + 1, 2)]
    work = [
        threading.Thread(target=_feed, args=(database, half, options.devices, until, fed))
        for half in halves
        if half
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    return fed


def _feed(database: bench.Bench, clients: Sequence[int], devices: int, until: float, fed: Fed) -> None:
    rounds = 0
    with bench.connected(database.owner_url) as cursor:
        while (began := time.monotonic()) < until:
            rounds += 1
            for client in clients:
                moment = datetime.now(UTC).replace(tzinfo=None).isoformat().rstrip("0")  # as it comes back
                batch = [
                    {
                        "cdDispositivo": client * 1000 + device,
                        "dtRegistro": f"{moment}Z",
                        "latitude": -23.5 + device / 1e4 + rounds / 1e5,
                        "longitude": -46.6,
                        "nrBat": 3 + rounds % 1000 / 1000,
                    }
                    for device in range(1, devices + 1)
                ]
                cursor.execute(
                    "select insert_device_readings(%s, p_so_excecoes => true)", (json.dumps(batch),)
                )
                fed.commits[client, moment] = time.monotonic()
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))
        cursor.execute("select pg_backend_pid()")
        fed.session_s += cpu.of_process(cursor.fetchone()[0])
        fed.client_s += time.thread_time()


def _report(seen: Seen, commits: Mapping[tuple[int, str], float], viewers: int) -> None:
    latencies = sorted(
        at - commits[client, moment] for client, moment, at in seen.arrivals if (client, moment) in commits
    )
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    say(f"batches {len(commits)}, each for {viewers} viewers; {len(latencies)} seen at their time")
    figures = ", ".join(f"p{n} {cuts[n - 1] * 1e3:.0f} ms" for n in (50, 95, 99))
    say(f"commit to viewer: {figures}, most {latencies[-1] * 1e3:.0f} ms")


def _last(database: bench.Bench) -> Batteries:
    found: Batteries = {}
    with bench.connected(database.owner_url) as cursor:
        cursor.execute('select "cdCliente", "cdDispositivo", "nrBat" from "TbPosicaoAtual"')
        for client, device, battery in cursor.fetchall():
            found.setdefault(client, {})[device] = battery
    return found


def _costs(stream: int, viewers: int, database: bench.Bench) -> tuple[float, float, float]:
    return cpu.of_group(stream), cpu.of_sessions(database), cpu.of_process(viewers)


def _memory(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
