"""A legacy database and what it becomes: the same questions, asked before and after a conversion under load.

The old side is a reconstruction: schema, indexes, policies and grants as read off the catalogue of an
installation, bodies of views and functions and the application's requests from a description of what they do.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from .. import progress
from ..console import say
from ..fleet import legacy_fleet
from ..fleet.legacy_fleet import LegacyFleet
from ..fleet.postgrest_schema import Schema
from ..local import cluster, databases
from ..local.locks import only_one
from ..local.paths import SQL
from . import bench
from .impact_cases import Figures, Stage, measured
from .impact_conversion import Conversion, converted
from .impact_table import table

NAME = "impact"
HELP = "a legacy database before and after its conversion: queries, ingestion, the conversion itself"
DAYS, FULL_DAYS = 90, 365
BASELINE = "20261122000010"
LOGIN = "authenticator"
_ROLE_SETTINGS = SQL / "20_access" / "actions" / "set_pre_request.sql"
# As installations that work have it: as it was written, only those who have not signed in may read.
_LOOSENED = """
    create policy "autenticados podem ver" on public."TbEndereco" for select to authenticated using (true);
    comment on column public."TbDestinatario"."nrRaio" is 'km'
"""
_INDEXES = """
    select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    from pg_index i
    where i.indrelid in ('public."TbPosicao"'::regclass, 'public."TbSensorRegistro"'::regclass)
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--devices", type=int, default=1_000, help="devices of the fleet, 20 per client (default: 1,000)")
    add("--full", action="store_true", help=f"{FULL_DAYS} days of history: 35 million positions and readings")
    add(
        "--scale", type=float, default=1.0, help=f"this part of the days ({DAYS}, or {FULL_DAYS} with --full)"
    )
    add("--rate", type=float, default=50.0, help="reports a second while it is converted (default: 50)")
    add("--runs", type=int, default=5, help="runs per query; the median is reported (default: 5)")
    add("--only-old", action="store_true", help="measure the legacy state and convert nothing")


def run(options: argparse.Namespace) -> None:
    days = max(1, round((FULL_DAYS if options.full else DAYS) * options.scale))
    fleet = LegacyFleet(options.devices, days)
    with legacy_database(fleet) as database, closing(schema_of(database)) as schema:
        say(f"{bench.machine(database)}; medians of {options.runs} runs")
        say(f"{fleet}: {fleet.reports:,} positions and as many readings; {bench.size(database)}")
        stage = Stage(database, fleet, schema, options.runs)
        old = measured(stage)
        conversion, new = None, None
        if not options.only_old:
            conversion = converted(stage, options.rate)
            if conversion.is_switched:
                new = measured(stage)
        _report(old, new, conversion)


def _report(old: Figures, new: Figures | None, conversion: Conversion | None) -> None:
    say("\nThe old side is a reconstruction of the legacy system from its catalogue and a description.\n")
    for line in table(old, new):
        say(line)
    for line in conversion.lines() if conversion else []:
        say(line)


@contextmanager
def legacy_database(fleet: LegacyFleet) -> Iterator[bench.Bench]:
    """A database of the legacy system with this fleet and its history, dropped afterwards."""
    database = bench.Bench(f"bench_{os.getpid()}")
    with only_one("database"):
        cluster.start()
        databases.create(database.name)
    try:
        databases.apply_project(database.name)
        databases.migrate(database.name, report=lambda _text: None, until=BASELINE)
        # Roles belong to the cluster: a legacy installation's have no function before requests.
        with databases.roles_locked(), databases.admin(database.name) as cursor:
            cursor.execute(f"alter role {LOGIN} reset pgrst.db_pre_request")
        _load(database, fleet)
        yield database
    finally:
        databases.drop(database.name)
        with databases.roles_locked(), databases.admin() as cursor:
            cursor.execute(_ROLE_SETTINGS.read_text())


def schema_of(database: bench.Bench) -> Schema:
    """What PostgREST knows of the database."""
    with databases.roles_locked():
        databases.set_password(LOGIN)
    return Schema(databases.url(LOGIN, database.name))


def _load(database: bench.Bench, fleet: LegacyFleet) -> None:
    with ExitStack() as stack:
        owner = stack.enter_context(bench.connected(database.owner_url))
        owner.execute(_LOOSENED)
        legacy_fleet.fill(owner, fleet)
        cursor = stack.enter_context(databases.admin(database.name))
        step = stack.enter_context(progress.steps("loaded", fleet.days + 2))
        # Foreign keys hold by construction, and indexes are built at the end.
        cursor.execute("set synchronous_commit = off; set session_replication_role = replica")
        cursor.execute("set maintenance_work_mem = '512MB'")
        indexes = _taken_off(cursor)
        for day in legacy_fleet.days(fleet):
            legacy_fleet.fill_day(cursor, day)
            step()
        for definition in indexes:
            cursor.execute(definition)
        step()
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
        step()


def _taken_off(cursor: Any) -> list[str]:
    cursor.execute(_INDEXES)
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")
    return [definition for _, definition in found]
