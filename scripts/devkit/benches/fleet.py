"""A fleet with a history, for benches: by default 1,000 devices for 90 days, a reading every 15 minutes.

Rows of all devices are interleaved by time, as they arrive in production, so a page of one device's history
reads as many heap pages as it has rows. All codes are computed from the number of a device.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .. import progress
from ..console import say
from ..local import cluster, databases
from ..local.locks import only_one
from ..local.paths import MIGRATIONS
from . import bench

FLEET_SQL = Path(__file__).with_suffix(".sql")
PER_CLIENT, PER_SITE = 20, 5
KEY = "rastro_bench"  # of a gateway that ingests for every client
SECONDS_A_DAY = 86_400

# One day per statement. Numbering the reports gives their order in time without a sort; with jitter a report
# is up to so many seconds early.
_REPORTS = """
    from generate_series(%(first)s::bigint, %(last)s::bigint) i
    cross join lateral (select i / %(devices)s as round, (i %% %(devices)s)::integer + 1 as d) n
    cross join lateral (select greatest(%(start)s::timestamp, %(start)s::timestamp + make_interval(
      secs => trunc((n.round * %(devices)s + n.d - 1) * %(gap)s::float8)
              - abs(hashint8(i) %% (%(jitter)s + 1)))) as instant) t
"""
_INSERTS = {
    "TbPosicao": f"""
        insert into series."TbPosicao" (
          "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente", "nrSeq",
          "cdDestinatario", "nrDistancia", "blArea")
        select i + 1, t.instant, p."dsLat", p."dsLong", 3.3 + (n.round + n.d) %% 40 / 100.0, n.d,
               (n.d - 1) / {PER_CLIENT} + 1, case when n.d %% 2 = 0 then n.round end,
               (n.d - 1) / {PER_SITE} + 1, p."nrDistancia", p."blArea"
        {_REPORTS}
        join bench.place p on p.d = n.d and p.n = (n.round * 7 + n.d) %% 16
    """,
    "TbSensorRegistro": f"""
        insert into series."TbSensorRegistro" (
          "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "cdProdutoItem")
        select t.instant, case n.d %% 4 when 0 then round((4 + 3 * sin(n.round / 15.0 + n.d))::numeric, 1)
                                        when 1 then (n.round * 3 + n.d) %% 5
                                        when 2 then 500 + 350 * ((n.round / 4 + n.d) %% 24)
                                        else (n.round * 5 + n.d) %% 17 end,
               i + 1, n.d, n.d, (n.d - 1) / {PER_CLIENT} + 1,
               case when n.d %% 4 = 2 then (n.d - 1) / {PER_CLIENT} + 1 end
        {_REPORTS}
    """,
}
# With jitter: some metres beside the place, as a receiver of satellites finds it each time.
_NOISY_PLACE = """lateral (
          select b.d, b.n, b."blArea", r."dsLat", r."dsLong", extensions.st_distance(b."geoPonto",
                   extensions.st_point(r."dsLong", r."dsLat")::extensions.geography)::real as "nrDistancia"
          from bench.place b
          cross join lateral (
            select round((b."dsLat" + hashint8extended(i, 1) %% 10 / 1e5)::numeric, 5)::float8 as "dsLat",
                   round((b."dsLong" + hashint8extended(i, 2) %% 10 / 1e5)::numeric, 5)::float8 as "dsLong"
          ) r
        ) p"""


def _this_hour() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Fleet:
    """Its size, and the end of its history (UTC without time zone, as in the database).

    With jitter, times are up to so many seconds early, and positions some metres beside each other.
    """

    devices: int = 1_000
    days: int = 90
    per_day: int = 96
    end: datetime = field(default_factory=_this_hour)
    jitter: int = 0

    @property
    def clients(self) -> int:
        return -(-self.devices // PER_CLIENT)

    @property
    def reports(self) -> int:
        """Rows of TbPosicao, and as many of TbSensorRegistro."""
        return self.devices * self.days * self.per_day

    @property
    def start(self) -> datetime:
        return self.end - timedelta(days=self.days)

    def __str__(self) -> str:
        size = f"{self.devices:,} devices × {self.days} days × {self.per_day} reports a day"
        jitter = f" with {self.jitter} s of jitter" if self.jitter else ""
        return f"{size}{jitter}; {self.clients:,} clients"


def person(client: int) -> str:
    """Auth id of the user of a client; of the service user for client 0."""
    return f"00000000-0000-4000-8000-{client:012}"


def client_of(device: int) -> int:
    """The client of a device; its product has the same code."""
    return (device - 1) // PER_CLIENT + 1


@contextmanager
def loaded(fleet: Fleet, keep: bool) -> Iterator[tuple[bench.Bench, Fleet]]:
    """A database with this fleet, and the fleet as it is stored there; dropped afterwards.

    With `keep`, or if it was kept before, the loaded database is kept and each run uses a copy.
    """
    kept = _kept_name(fleet)
    if not keep and not _exists(kept):
        with bench.throwaway() as database:
            _load(database, fleet)
            yield database, fleet
        return
    _provide(kept, fleet)
    with bench.throwaway(template=kept) as database:
        yield database, replace(fleet, end=_end(database))


def drop_kept(fleet: Fleet) -> list[str]:
    """Drop the kept databases of this size. Returns their names."""
    cluster.start()
    with databases.admin() as cursor:
        cursor.execute("select datname from pg_database where starts_with(datname, %s)", (_size(fleet),))
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        databases.drop(name)
    return names


def _provide(kept: str, fleet: Fleet) -> None:
    with only_one("bench_fleet"):
        if _exists(kept):
            say(f"Using the kept database {kept}")
            return
        drop_kept(fleet)  # of an earlier schema
        # Under a temporary name first, so that an interrupted load is not used.
        with bench.throwaway() as draft:
            _load(draft, fleet)
            databases.rename(draft.name, kept)


def _kept_name(fleet: Fleet) -> str:
    """Named by size and by a digest of the schema and of this generator."""
    sources = [*sorted(MIGRATIONS.glob("*.sql")), FLEET_SQL, Path(__file__)]
    mark = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    return _size(fleet) + mark


def _size(fleet: Fleet) -> str:
    jitter = f"j{fleet.jitter}" if fleet.jitter else ""
    return f"bench_fleet_{fleet.devices}x{fleet.days}x{fleet.per_day}{jitter}_"


def _exists(name: str) -> bool:
    cluster.start()
    return databases.exists(name)


def _end(database: bench.Bench) -> datetime:
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(
            """select date_trunc('hour', max("dtRegistro")) + interval '1 hour' from "TbPosicaoAtual" """
        )
        end: datetime = cursor.fetchone()[0]
        return end


def _load(database: bench.Bench, fleet: Fleet) -> None:
    say(f"Loading {fleet.reports:,} positions and as many values: {fleet}")
    with progress.steps("loaded", _steps(fleet)) as step:
        load(database.name, fleet, step)


def load(database: str, fleet: Fleet, step: Callable[[], None]) -> None:
    """Fill a migrated, empty database; `step` is called `_steps(fleet)` times on the way."""
    with databases.admin(database) as cursor:
        cursor.execute(_fleet_sql(fleet))
    step()
    # One connection for each table: neither waits for the other.
    with ThreadPoolExecutor(len(_INSERTS)) as pool:
        list(pool.map(lambda table: _fill(database, fleet, table, step), _INSERTS))
    with databases.admin(database) as cursor:
        cursor.execute("drop schema bench cascade")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
    step()


def _steps(fleet: Fleet) -> int:
    """How often `load` calls `step`."""
    return 2 + (fleet.days + 1) * len(_INSERTS)


def _fleet_sql(fleet: Fleet) -> str:
    return FLEET_SQL.read_text().format(
        devices=fleet.devices,
        clients=fleet.clients,
        sites=-(-fleet.devices // PER_SITE),
        reports=fleet.reports,
        per_client=PER_CLIENT,
        per_site=PER_SITE,
        key=hashlib.sha256(KEY.encode()).hexdigest(),
    )


def _fill(database: str, fleet: Fleet, table: str, step: Callable[[], None]) -> None:
    insert = _INSERTS[table].replace("bench.place p", _NOISY_PLACE) if fleet.jitter else _INSERTS[table]
    with databases.admin(database) as cursor:
        # Triggers are off, except on the last day, when they fill TbPosicaoAtual.
        cursor.execute("set synchronous_commit = off; set session_replication_role = replica")
        for day, values in enumerate(_days(fleet), start=1):
            if day == fleet.days:
                cursor.execute("set session_replication_role = origin")
            cursor.execute(insert, values)
            step()
        cursor.execute(f'vacuum analyze public."{table}"')
        step()


def _days(fleet: Fleet) -> Iterator[dict[str, Any]]:
    a_day = fleet.devices * fleet.per_day
    for day in range(fleet.days):
        yield {
            "first": day * a_day,
            "last": (day + 1) * a_day - 1,
            "devices": fleet.devices,
            "start": fleet.start,
            "gap": SECONDS_A_DAY / a_day,
            "jitter": fleet.jitter,
        }
