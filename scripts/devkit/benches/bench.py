"""What the benches share: a temporary database, the machine's description, processes that start together."""

import multiprocessing
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeVar

import psycopg2

from ..local import cluster, databases
from ..local.locks import only_one

Job = TypeVar("Job")


@dataclass(frozen=True)
class Bench:
    """A temporary migrated database in the private cluster."""

    name: str

    @property
    def owner_url(self) -> str:
        return databases.url(databases.OWNER, self.name)

    @property
    def api_url(self) -> str:
        return databases.url(databases.API, self.name)

    def checkpoint(self) -> None:
        """Checkpoint, so that earlier writes do not slow the next measurement down."""
        with databases.admin(self.name) as cursor:
            cursor.execute("checkpoint")


@contextmanager
def throwaway(template: str | None = None) -> Iterator[Bench]:
    """A new database, or a copy of one, dropped afterwards. The cluster is started and keeps running."""
    bench = Bench(f"bench_{os.getpid()}")
    with only_one("database"):
        cluster.start()
        if template:
            databases.copy(template, bench.name)
        else:
            databases.create(bench.name)
    try:
        if not template:
            databases.apply_project(bench.name)
            databases.migrate(bench.name, report=lambda _text: None)
        yield bench
    finally:
        databases.drop(bench.name)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A cursor in autocommit."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def machine(bench: Bench) -> str:
    """Processor, memory, and PostgreSQL with the settings that affect the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with connected(bench.owner_url) as cursor:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        cursor.execute("select " + ", ".join(f"current_setting('{name}')" for name in names))
        version, *settings = cursor.fetchone()
    stated = ", ".join(f"{name} {value}" for name, value in zip(names[1:], settings, strict=True))
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; PostgreSQL {version}, {stated}"


def size(bench: Bench) -> str:
    with connected(bench.owner_url) as cursor:
        cursor.execute("select pg_size_pretty(pg_database_size(current_database()))")
        return str(cursor.fetchone()[0])


def together(work: Callable[[Job], tuple[float, float]], jobs: Sequence[Job]) -> float:
    """Run each job in a process of its own. Returns the seconds from the first start to the last end.

    `work` gets ready, calls `ready()`, does its work and returns (begin, end) of time.monotonic().
    """
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(jobs))
    with ProcessPoolExecutor(len(jobs), context, initializer=_remember, initargs=(barrier,)) as pool:
        spans = list(pool.map(work, jobs))
    return max(end for _, end in spans) - min(begin for begin, _ in spans)


def ready() -> None:
    """Wait until every process of `together` has reached this point."""
    assert _barrier is not None
    _barrier.wait(timeout=120)


_barrier: Barrier | None = None


def _remember(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    models = (line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())
