"""Requests that were written before a switch or a way back, and wait for its locks."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from scripts.devkit.fleet.legacy_application import Reader
from scripts.devkit.fleet.postgrest import Rest
from tests._lib.legacy import query
from tests.conversion._installation import Installation

_BLOCKED = """select count(distinct l.pid) from pg_locks l join pg_stat_activity a using (pid)
              where not l.granted and a.datname = current_database() and a.application_name = 'waiting'"""
PLACE = {"dsLat": "-20.98765", "dsLong": "-40.98765", "dsCidade": "Itu"}


class Waiting:
    """Each request on a connection of its own; what it was answered, or why it was refused."""

    def __init__(self, old: Installation, is_stale: bool = True) -> None:
        self.answers: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        self._old, self._is_stale = old, is_stale
        self._begin = threading.Event()
        self._threads: list[threading.Thread] = []
        reports: dict[str, Callable[[Rest], Any]] = {
            "address": lambda door: door.insert("TbEndereco", PLACE),
            "position": lambda door: door.insert("TbPosicao", {"cdDispositivo": 7, "nrSeq": 900_000_100}),
            "device": lambda door: door.select("TbDispositivo", cdDispositivo=7),
            "sensor": lambda door: door.select("TbSensor", cdSensor=1),
            "lookup": lambda door: door.select("TbEndereco", limit=1, dsLat="-23.5", dsLong="-46.6"),
        }
        for name, request in reports.items():
            self._start(name, request)
        for name in dict(self._reader(Rest(old.first if is_stale else old.schema)).requests()):
            self._start(name, self._reading(name))

    def _reader(self, door: Rest) -> Reader:
        usual = self._old.reader()
        return Reader(door, usual.client, usual.product, usual.device, usual.since, usual.until)

    def _reading(self, name: str) -> Callable[[Rest], Any]:
        return lambda door: dict(self._reader(door).requests())[name]()

    def _start(self, name: str, request: Callable[[Rest], Any]) -> None:
        def ask() -> None:
            with closing(self._old.door(self._is_stale)) as door:
                with door._cursor() as cursor:
                    cursor.execute("set application_name = 'waiting'")
                self._begin.wait()
                try:
                    self.answers[name] = request(door)
                except Exception as problem:
                    self.problems[name] = str(problem)

        self._threads.append(thread := threading.Thread(target=ask, daemon=True))
        thread.start()

    def all_wait(self) -> None:
        """Send them, and return when the last one has been stopped by a lock."""
        self._begin.set()
        while query(self._old.database, _BLOCKED) != [(len(self._threads),)]:
            threading.Event().wait(0.05)

    def all_end(self) -> None:
        for thread in self._threads:
            thread.join()
