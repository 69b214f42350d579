"""An installation in use whose operator backs it up by the page: its server, its API, devices that send."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

from scripts.devkit.local.paths import ROOT
from tests.acceptance import bare_server
from tests.acceptance.bare_server import Server
from tests.acceptance.operating import ISSUER, SECRET, ask, command, serving, settings
from tests.acceptance.senders import until

PAGE = ROOT / "scripts" / "deploy" / "backup.md"
CRON = ("shared_preload_libraries=pg_cron", "cron.database_name=rastro", "cron.use_background_workers=on")
OLD = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=120)
OLD_READINGS = 31 * 96  # a month of 15-minute data, so that a chunk of packed history comes of it
_PLACE = "/srv/backup"
# What a device has sent, by its time; late and packed rows too.
_SERIES = {
    "TbPosicao": '"dtRegistro" between %s and %s',
    "TbSensorRegistro": '"dtRegistro" between %s and %s',
    "TbSensorRegistro1h": """"dtBucket" >= date_trunc('hour', %s::timestamp) and "dtBucket" < %s""",
}
# Tables that maintenance, requests or readings change at any moment.
_MOVING = (
    "TbPosicaoAtual",
    "TbManutencao%",
    "TbUso%",
    "TbRollup%",
    "TbFrio%",
    "TbContagem%",
    "Tb%Frio",
    "Tb%Fria",
)
_WRONG_ROLLUPS = """
    with raw as (
      select "cdSensor", "cdCliente", date_trunc('hour', "dtRegistro") as hour, count(*) as n,
             min("nrValor") as least, max("nrValor") as most, sum("nrValor"::numeric) as total,
             sum(abs("nrValor")) as size
      from public."TbSensorRegistro" where "nrQualidade" < 2 and "nrValor" is not null group by 1, 2, 3
    ), kept as (
      select "cdSensor", "cdCliente", "dtBucket" as hour, sum("nrQtd") as n, min("nrMin") as least,
             max("nrMax") as most, sum("nrSoma"::numeric) as total
      from public."TbSensorRegistro1h" group by 1, 2, 3
    )
    select count(*), count(*) filter (
      where (raw.n, raw.least, raw.most) is distinct from (kept.n, kept.least, kept.most)
        or abs(raw.total - kept.total) > 1e-12 * raw.size)
    from raw full join kept using ("cdSensor", "cdCliente", hour)
"""


def block(heading: str, number: int = 0) -> str:
    """A block of commands, or of settings, under a heading of the page."""
    text = re.split(rf"^#+ {re.escape(heading)}$", PAGE.read_text(), flags=re.MULTILINE)[1]
    text = re.split(r"^#+ ", re.sub(r"^(?=```)", "\0", text, flags=re.MULTILINE), flags=re.MULTILINE)[0]
    blocks = re.findall(r"\0```(?:sh|conf)\n(.*?)\0```", text, re.DOTALL)
    return str(blocks[number])


@dataclass
class Device:
    """One that sends a reading after the other, each until it is acknowledged."""

    api: str
    key: str
    code: int
    since: datetime
    sent: int = 0
    acknowledged: list[int] = field(default_factory=list)

    def at(self, number: int) -> datetime:
        return self.since + timedelta(milliseconds=number * 100)

    def reading(self, number: int, time: datetime | None = None) -> dict[str, Any]:
        return {
            "cdDispositivo": self.code,
            "dtRegistro": (time or self.at(number)).isoformat(),
            "nrSeq": number,
            "nrBat": 3.6,
            "latitude": -23.5,
            "longitude": -46.6,
            "sensores": [{"dsPonto": "porta", "nrValor": number / 8}],
        }

    def send(self) -> None:
        self.sent += 1
        answer = ask(self.api, self.key, "/v2/posicoes", self.reading(self.sent))
        assert answer["verdict"] == "stored", answer
        self.acknowledged.append(self.sent)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Meanwhile; at least twenty before the block and five after it."""
        ended, failures = threading.Event(), list[Exception]()

        def run() -> None:
            try:
                while not ended.is_set():
                    self.send()
            except Exception as failure:
                failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            self._goes_on(20, thread)
            yield
            self._goes_on(5, thread)
        finally:
            ended.set()
            thread.join()
        assert failures == []

    def _goes_on(self, more: int, thread: threading.Thread) -> None:
        wanted = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= wanted or not thread.is_alive())


@dataclass(frozen=True)
class Installation:
    """In use, with a month of packed history."""

    server: Server
    backup: Path
    api: str
    key: str
    owner_url: str
    client: int

    def device(self, code: int | None = None) -> Device:
        """A new one, with a sensor."""
        code = (
            code or ask(self.api, self.key, "/v2/dispositivos", {"cdCliente": self.client})["cdDispositivo"]
        )
        sensor = {"cdDispositivo": code, "cdTipoSensor": 4, "dsPonto": "porta"}
        ask(self.api, self.key, "/v2/sensores", sensor)
        return Device(self.api, self.key, code, datetime.now(UTC) - timedelta(hours=3))

    def page(self, heading: str, number: int = 0, on: Server | None = None, **variables: str) -> str:
        """Run a block of the page on this server, or on another one."""
        return (on or self.server).shell(block(heading, number), BACKUP=str(self.backup), **variables)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """By the commands of the README, with pg_cron and an archive of WAL."""
    server, backup = bare_server.on_a_port(folder / "postgres"), bare_server.new_folder(folder / "backup")
    bare_server.new_folder(backup / "wal")
    server.make()
    server.configure(block("Base backup and WAL").replace(_PLACE, str(backup)))
    known = {"SUPABASE_JWT_SECRET": SECRET, "RASTRO_JWT_ISSUER": ISSUER}
    with server.running(*CRON):
        known |= settings(command("scripts/db", "prepare", "--dsn", server.url("rastro")))
        with serving(folder / "api.log", known) as api:
            owner = known["RASTRO_MIGRATION_URL"]
            printed = command(
                "scripts/admin", "--dsn", owner, "--client", "Frota", "--email", "ana@example.com"
            )
            key = settings(printed)["KEY"]
            (client,) = (one["cdCliente"] for one in ask(api, key, "/v2/clientes")["data"])
            found = Installation(server, backup, api, key, owner, client)
            _pack_old_history(found)
            yield found


def _pack_old_history(installation: Installation) -> None:
    device = installation.device()
    for first in range(0, OLD_READINGS, 500):
        numbers = range(first, min(first + 500, OLD_READINGS))
        batch = [device.reading(number, OLD + timedelta(minutes=15 * number)) for number in numbers]
        answer = ask(installation.api, installation.key, "/v2/posicoes/lote", batch)
        assert answer["stored"] == len(batch), answer
    rows(installation.owner_url, 'update private."TbConfiguracao" set "nrDiasQuente" = 30')

    def packed() -> bool:
        maintain(installation.owner_url)
        return rows(installation.owner_url, 'select 1 from series."TbSensorRegistroFrio" limit 1') != []

    until(packed)


def maintain(url: str) -> None:
    """One run of maintenance."""
    rows(url, "call private.run_maintenance()")


def rows(url: str, statement: str, values: Sequence[Any] = ()) -> list[Any]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def numbers_of(url: str, device: Device) -> list[int]:
    """The readings of this device that are stored, positions and values alike."""
    for table, number in (("TbPosicao", '"nrSeq"'), ("TbSensorRegistro", '("nrValor" * 8)::int')):
        found = rows(
            url, f'select {number} from "{table}" where "cdDispositivo" = %s order by 1', (device.code,)
        )
        numbers = [number for (number,) in found]
        if table == "TbPosicao":
            positions = numbers
    assert numbers == positions
    return positions


def digests(url: str, since: datetime, to: datetime) -> dict[str, tuple[int, str]]:
    """Rows and their digest: of the series within these times, and of each table that is at rest."""
    found = {}
    for table, condition in _SERIES.items():
        times = (since.replace(tzinfo=None), to.replace(tzinfo=None))
        found[table] = _digest(url, f'select * from public."{table}" where {condition}', times)
    at_rest = """
        select c.oid::regclass::text from pg_class c
        where c.relkind = 'r' and not c.relispartition and not c.relname like any (%s)
          and c.relnamespace::regnamespace::text
              in ('public', 'private', 'inventario', 'auth', 'supabase_migrations', 'series')"""
    for (table,) in rows(url, at_rest, (list(_MOVING),)):
        found[table] = _digest(url, f"select * from {table}", ())
    return found


def _digest(url: str, query: str, values: Sequence[Any]) -> tuple[int, str]:
    text = (
        f"select count(*), coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') from ({query}) t"
    )
    ((count, digest),) = rows(url, text, values)
    return count, digest


def check_rollups(url: str) -> None:
    """Hours as readers see them equal what the readings say."""
    ((hours, wrong),) = rows(url, _WRONG_ROLLUPS)
    assert (hours > 31 * 24 - 1, wrong) == (True, 0)
