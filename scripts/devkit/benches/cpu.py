"""Processor time of processes: a figure that other load on the machine hardly affects."""

import os
from pathlib import Path

from . import bench

_PROC = Path("/proc")
_GROUP, _USER, _SYSTEM = 2, 11, 12  # fields after the name, in /proc/<pid>/stat


def of_group(leader: int) -> float:
    """Seconds of a process group."""
    running = (_fields(int(path.name)) for path in _PROC.glob("[0-9]*"))
    return sum(_seconds(fields) for fields in running if fields and int(fields[_GROUP]) == leader)


def of_process(process: int) -> float:
    """Seconds of one process."""
    return _seconds(_fields(process))


def of_sessions(database: bench.Bench, login: str = "rastro_api") -> float:
    """Seconds of the sessions that a login, by default the API's, has in this database now."""
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database() and usename = %s", (login,)
        )
        return sum(_seconds(_fields(pid)) for (pid,) in cursor.fetchall())


def _fields(process: int) -> list[str]:
    """Fields of a process; empty if it has just ended."""
    try:
        return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(fields: list[str]) -> float:
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / os.sysconf("SC_CLK_TCK") if fields else 0
