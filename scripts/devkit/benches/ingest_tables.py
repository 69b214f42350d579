"""The tables of scripts/bench ingest-sql: fixtures, and a bare copy of the time series to compare with."""

from datetime import datetime
from typing import Any

from ..console import Problem
from . import bench

FIXTURES = """
    insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001');
    insert into public."TbCliente" ("cdCliente", "dsNome") values (1, 'Bench');
    insert into public.profiles (id, "cdCliente", role)
      values ('00000000-0000-4000-8000-000000000001', 1, 'admin')
      on conflict (id) do update set "cdCliente" = 1, role = 'admin';
    insert into public."TbApiKeys" ("cdUsuario", "dsHash", "cdClientes", "dsPermissoes")
      values ('00000000-0000-4000-8000-000000000001', %(key)s, '{1}', '{ingest}');
    insert into public."TbEndereco" ("cdEndereco", "dsLat", "dsLong")
      select n, -23.55 + n * 0.0001, -46.63 from generate_series(1, %(devices)s) n;
    insert into public."TbDestinatario" ("cdDestinatario", "nrRaio", "cdCliente", "cdEndereco")
      select n, 300, 1, n from generate_series(1, %(devices)s) n;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente", "cdDestinatario")
      select n, 'ativo', 1, n from generate_series(1, %(devices)s) n;
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select d * 100 + s, d, 4, 'ponto ' || s
      from generate_series(1, %(devices)s) d, generate_series(1, %(sensors)s) s;
    create schema bare;
    create table bare."TbPosicao" (like series."TbPosicao" including all) partition by range ("dtRegistro");
    create table bare."TbSensorRegistro" (like series."TbSensorRegistro" including all)
      partition by range ("dtRegistro");
"""
PARTITIONS = """
    select parent.relname, child.relname, pg_get_expr(child.relpartbound, child.oid)
    from pg_inherits
    join pg_class parent on parent.oid = inhparent and parent.relkind = 'p'
    join pg_class child on child.oid = inhrelid
    where parent.oid in ('series."TbPosicao"'::regclass, 'series."TbSensorRegistro"'::regclass)
"""
# The rows of one run, each with its connection and batch; batches take readings device by device.
STAGE = """
    drop table if exists bare.rows_of_{table};
    create unlogged table bare.rows_of_{table} as
      select (r."cdDispositivo" - 1) / %(devices)s as connection,
             ((extract(epoch from r."dtRegistro" - %(start)s)::bigint * %(devices)s
               + (r."cdDispositivo" - 1) %% %(devices)s) / %(batch)s)::integer as batch, r.*
      from public."{table}" r where r."dtRegistro" >= %(start)s and r."dtRegistro" < %(end)s;
    create index on bare.rows_of_{table} (connection, batch);
    analyze bare.rows_of_{table}
"""
SAME = """
    select (select count(*) from public."{table}"), (select count(*) from bare."{table}"),
           (select count(*) from (table public."{table}" except table bare."{table}") missing)
"""
TABLES = ("TbPosicao", "TbSensorRegistro")
# Copy the rows that came late, so that both tables have the same.
FOLLOW = """
    insert into bare."{table}" ({columns})
    select {columns} from public."{table}" where "dtRegistro" >= %(start)s and "dtRegistro" < %(end)s
"""
ANNOUNCE = """
    truncate private."TbRollupPendente"; update private."TbRollupMarca" set "dtAnunciada" = %s
"""


def announce(database: bench.Bench, until: datetime | str) -> None:
    """Announce that everything before this time is in the rollups."""
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(ANNOUNCE, (until,))


def follow(database: bench.Bench, start: datetime, end: datetime) -> None:
    """Copy the rows of this time to the bare tables."""
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            statement = FOLLOW.format(table=table, columns=columns(cursor, table))
            cursor.execute(statement, {"start": start, "end": end})


def columns(cursor: Any, table: str) -> str:
    """Names of the columns of a table, separated by commas."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", (f'bare."{table}"',)
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


def prepare(database: bench.Bench, key: str, devices: int, sensors: int) -> None:
    """Insert the fixtures, with a key of this SHA-256, and create the bare tables."""
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(FIXTURES, {"key": key, "devices": devices, "sensors": sensors})
        cursor.execute(PARTITIONS)
        for parent, child, bound in cursor.fetchall():
            cursor.execute(f'create table bare."{child}" partition of bare."{parent}" {bound}')
        cursor.execute("analyze")


def stage(database: bench.Bench, devices: int, batch: int, start: datetime, end: datetime) -> None:
    """Copy the rows of this time to tables from which the bare insert reads its batches."""
    values = {"devices": devices, "start": start, "end": end, "batch": batch}
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            cursor.execute(STAGE.format(table=table), values)


def stored(database: bench.Bench) -> int:
    """Number of rows of the time series. Raises Problem if the two ways wrote different rows."""
    total = 0
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            cursor.execute(SAME.format(table=table))
            rows, bare, missing = cursor.fetchone()
            if missing or bare != rows:
                raise Problem(f"{table}: {rows} rows by RPC, {bare} by bare insert, {missing} differ")
            total += rows
    return total
