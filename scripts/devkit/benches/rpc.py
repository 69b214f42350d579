"""RPCs without HTTP: their time on one connection, called as the API does, and their plans."""

import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from statistics import median
from time import monotonic
from typing import Any

import psycopg2

from ..local import cluster, databases
from ..local.paths import ROOT
from . import bench

sys.path.insert(0, str(ROOT))

from app.identity.principal import Principal as Principal
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend as PostgresBackend
from app.rpc.registry import RPCS

WARM_CALLS, MOST_CALLS = 5, 200
# auto_explain reports to the session that loaded it, as a notice.
_EXPLAIN = """
    load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_settings = on;
    set auto_explain.log_triggers = on; set auto_explain.log_level = notice
"""
_AS_CALLER = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)"

Call = tuple[Principal, Mapping[str, Any]]


@contextmanager
def backend(database: bench.Bench) -> Iterator[PostgresBackend]:
    """The API's backend, on one connection."""
    pool = Pool(database.api_url, 1, wait_s=1, connect_timeout_s=3)
    with closing(PostgresBackend(pool, statement_timeout_ms=60_000)) as found:
        yield found


def milliseconds(door: PostgresBackend, rpc: str, next_call: Callable[[], Call], seconds: float) -> float:
    """Median time of at most 200 calls within about so many seconds."""
    times: list[float] = []
    begin = monotonic()
    while len(times) < WARM_CALLS + MOST_CALLS and (
        len(times) <= WARM_CALLS or monotonic() - begin < seconds
    ):
        principal, arguments = next_call()
        start = monotonic()
        door.call(rpc, principal, **arguments)
        times.append(monotonic() - start)
    return median(times[WARM_CALLS:]) * 1_000


def plans(database: bench.Bench, rpc: str, next_call: Callable[[], Call]) -> str:
    """Each statement of one call, inner ones first, with its plan. Writes are rolled back."""
    with closing(psycopg2.connect(databases.url(cluster.ADMIN, database.name))) as connection:
        for number in range(WARM_CALLS + 2):  # by then the session uses generic plans if it ever does
            connection.notices = deque()  # type: ignore[assignment]  # psycopg2 takes anything with append
            _explain(connection, rpc, *next_call(), log=number > WARM_CALLS)
        found = [text.removeprefix("NOTICE:").strip() for text in connection.notices if "plan:" in text]
    return "\n\n".join([_summary(found), *found]) + "\n"


def _explain(
    connection: Any, rpc: str, principal: Principal, arguments: Mapping[str, Any], log: bool
) -> None:
    types = RPCS[rpc].arguments
    named = ", ".join(f"{name} => %({name})s::{types[name]}" for name in arguments)
    with connection.cursor() as cursor:
        cursor.execute(_AS_CALLER.replace("%s", "%(claims)s"), {"claims": principal.claims()})
        if log:
            cursor.execute("reset role")
            cursor.execute(_EXPLAIN)
            cursor.execute("set local role authenticated")
        cursor.execute(f"select public.{rpc}({named})", dict(arguments))
    connection.rollback()


def _summary(found: list[str]) -> str:
    """A line per statement: its duration and its beginning."""
    return "\n".join(_first_line(text) for text in found)


def _first_line(text: str) -> str:
    duration, _, rest = text.partition("plan:")
    query = " ".join(rest.replace("Query Text:", "").split())
    return f"{duration.removeprefix('duration:').strip():>14}  {query[:110]}"
