"""The plan: what becomes of each old row, what is in the way. Changes nothing."""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg2

from ..commands import inspect
from ..console import Problem, note, say
from ..schema import catalogue, reach
from . import statements
from .finish import unknown_versions
from .texts import rule, text

READY, BLOCKED, UNREACHABLE = 0, 1, 2
# Measured, without packing: scripts/devkit/benches/README.md. Readings with their rollups.
POSITION_BYTES, READING_BYTES = 221, 152
# Beside them: an index of each old table, by which rows are found; addresses, which are built anew.
INDEX_BYTES, ADDRESS_BYTES = 23, 330
ROWS_PER_SECOND = 30_000  # a little less than what scripts/convert copy did on two busy cores
_GB = 1_000_000_000
_SERIES = ("TbPosicao", "TbSensorRegistro")
_NEEDED = ("types", "tables", "columns")


KEPT_VERSION = (
    "stays; supabase db push refuses while its file is not in supabase/migrations: put it there, or run "
    "supabase migration repair --status reverted {}"
)


@dataclass
class Plan:
    """What a conversion would do, and what stands in its way."""

    rows: dict[str, int]
    fates: list[dict[str, Any]]  # table, fate, reason, rows; those of a table add up to its rows
    notes: list[dict[str, Any]]  # what, rows, rule
    since: str | None  # the oldest time
    bytes_old: int
    bytes_needed: int
    minutes: float  # of scripts/convert copy, about
    differences: list[str]
    blockers: list[dict[str, str]] = field(default_factory=list)  # what, remedy
    own: list[dict[str, str]] = field(default_factory=list)  # what the installation added, its fate


def make_plan(
    dsn: str,
    radius: str | None,
    free_gb: float | None,
    as_json: bool = False,
    rate: int | None = None,
) -> int:
    """Print the plan. Returns the exit code."""
    try:
        with reach.session(dsn, readonly=True) as cursor:
            found = catalogue.read(cursor)
            differences = catalogue.compare(found, inspect.state(migrated=False))
            if lacking := _lacking(differences):
                say("This is not a database of the old system: " + ", ".join(lacking))
                return BLOCKED
            cursor.execute("set statement_timeout = 0")
            note("Reading all rows …")
            plan = _read(cursor, radius, free_gb, rate)
    except Problem as problem:
        say(str(problem))
        return UNREACHABLE
    except psycopg2.Error as error:
        say(f"Cannot read the database: {str(error).strip()}")
        return UNREACHABLE
    plan.differences = _texts(differences)
    say(json.dumps(asdict(plan), indent=2)) if as_json else _print(plan)
    return BLOCKED if plan.blockers else READY


def _texts(differences: dict[str, catalogue.Difference]) -> list[str]:
    found = []
    for kind, one in differences.items():
        found += [f"missing {kind}: {name}" for name in one.missing]
        found += [f"extra {kind}: {name}" for name in one.extra]
        found += [f"different {kind}: {name}" for name, _, _ in one.different]
    return found


def _lacking(differences: dict[str, catalogue.Difference]) -> list[str]:
    """What the conversion reads and the database does not have."""
    missing = [
        f"{name} is missing" for kind in _NEEDED if kind in differences for name in differences[kind].missing
    ]
    return missing[:10]


def _read(cursor: Any, radius: str | None, free_gb: float | None, rate: int | None) -> Plan:
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = {table: _one(cursor, f'select count(*) from public."{table}"') for table in _SERIES}
    fates = _rows(
        cursor,
        text("plan", "fates", **{name: rule(name) for name in ("addresses", "positions", "readings")}),
        {"now": now},
    )
    bytes_old = _one(
        cursor,
        "select sum(pg_total_relation_size(t))::bigint"
        " from unnest(array['public.\"TbPosicao\"', 'public.\"TbSensorRegistro\"']::regclass[]) t",
    )
    carried = {one["table_name"]: one["rows"] for one in fates if one["fate"] == "carried"}
    needed = carried.get("TbPosicao", 0) * POSITION_BYTES + carried.get("TbSensorRegistro", 0) * READING_BYTES
    needed += sum(rows.values()) * INDEX_BYTES
    needed += _one(cursor, 'select count(*) from public."TbEndereco"') * ADDRESS_BYTES
    since = _one(
        cursor,
        """select min("dtRegistro") from public."TbPosicao"
           where "dtRegistro" >= date_trunc('month', now() at time zone 'UTC') - interval '1200 months'
             and "dtRegistro" < 'infinity'""",
    )
    notes = [one for one in _rows(cursor, text("plan", "notes", addresses=rule("addresses"))) if one["rows"]]
    notes += _requests(cursor)
    minutes = round(sum(rows.values()) / min(rate or ROWS_PER_SECOND, ROWS_PER_SECOND) / 60, 1)
    plan = Plan(rows, fates, notes, since and since.isoformat(), bytes_old, needed, minutes, [])
    plan.blockers = [
        *_rows(cursor, text("plan", "blockers", reached=text("plan", "reached"))),
        *_taken(cursor),
        *_radius(cursor, radius),
        *_space(needed, free_gb),
    ]
    plan.own = (
        _rows(cursor, text("plan", "own", reached=text("plan", "reached"))) + _jobs(cursor) + _history(cursor)
    )
    return plan


def _jobs(cursor: Any) -> list[dict[str, str]]:
    """Jobs of pg_cron that name a table which is replaced."""
    if _one(cursor, "select to_regclass('cron.job') is null"):
        return []
    return _rows(
        cursor,
        """select format('cron job %s', coalesce(jobname::text, jobid::text)) as what,
                  'stays; it names a table that is replaced: it can be read, not deleted from' as fate
           from cron.job where command ~ '"?(TbPosicao|TbSensorRegistro)"?' order by 1""",
    )


def _requests(cursor: Any) -> list[dict[str, Any]]:
    """Requests that are refused after the switch, where statements are counted."""
    cursor.execute(
        """select format('%I.pg_stat_statements', e.extnamespace::regnamespace::name) from pg_extension e
           where e.extname = 'pg_stat_statements'"""
    )
    if not (found := cursor.fetchone()):
        return []
    cursor.execute("savepoint requests")
    try:
        return _rows(cursor, text("plan", "requests", statistics=found[0]))
    except (psycopg2.errors.ObjectNotInPrerequisiteState, psycopg2.errors.InsufficientPrivilege):
        cursor.execute("rollback to savepoint requests")  # it is not loaded, or not for everybody
        return []


def _history(cursor: Any) -> list[dict[str, str]]:
    return [
        {"what": f"migration {version} in supabase_migrations", "fate": KEPT_VERSION.format(version)}
        for version in unknown_versions(cursor)
    ]


def _taken(cursor: Any) -> list[dict[str, str]]:
    """Names that the new system needs and an installation uses."""
    if _one(cursor, "select to_regnamespace('conversao') is not null"):
        return []  # some of it is ours
    lines = [statements.flat(part.text) for part in statements.parts()]
    pattern = r"create (?:table|sequence|view) (public\.[^\s(]+)"
    relations = {found[1] for line in lines if (found := re.match(pattern, line))}
    functions = {name for part in statements.parts() if (name := statements.function_of(part))}
    cursor.execute(
        """select name from unnest(%s) name where to_regclass(name) is not null
           union all
           select p.oid::regprocedure::text from pg_proc p
           where 'public.' || p.proname = any (%s) and p.pronamespace = 'public'::regnamespace""",
        (sorted(relations - statements.old_relations()), sorted(functions - statements.old_functions())),
    )
    return [
        {"what": f"the name of {name} is one that the new system needs", "remedy": "give it another name"}
        for (name,) in cursor.fetchall()
    ]


def _radius(cursor: Any, radius: str | None) -> list[dict[str, str]]:
    sites = _one(cursor, 'select count(*) from public."TbDestinatario" where "nrRaio" > 0')
    if radius or not sites:
        return []
    return [{
        "what": f"{sites} sites have a radius: nothing says whether it is kilometres or metres",
        "remedy": "look at them, and give --radius km or m; the old geofence took them as kilometres",
    }]  # fmt: skip


def _space(needed: int, free_gb: float | None) -> list[dict[str, str]]:
    if free_gb is None or needed < free_gb * _GB:
        return []
    return [{
        "what": f"{needed / _GB:.1f} GB are needed beside the old tables; {free_gb:g} GB are free",
        "remedy": "enlarge the disk: the old tables stay until the conversion is finished",
    }]  # fmt: skip


def _print(plan: Plan) -> None:
    say("Rows")
    for table in _SERIES:
        say(f"  {table:<17} {plan.rows[table]:>13,}")
        for one in plan.fates:
            if one["table_name"] == table:
                say(f"    {one['fate']:<15} {one['rows']:>13,}  {one['reason']}".rstrip())
    say(f"Oldest time: {plan.since or 'none'}; months back to it are opened")
    say(
        f"Disk: the old tables have {plan.bytes_old / _GB:.2f} GB; about {plan.bytes_needed / _GB:.2f} GB "
        "are needed beside them"
    )
    minutes = f"about {plan.minutes:,.0f} minutes" if plan.minutes >= 1 else "less than a minute"
    say(f"Time: {minutes} to copy on an idle server; the old application goes on meanwhile")
    _list("What to know", [f"{one['rows']:,} {one['what']}: {one['rule']}" for one in plan.notes])
    _list("Other than in the old system as it is known", plan.differences)
    _list(
        "Added by the installation to tables and views of the system (its own tables are not touched)",
        [f"{one['what']}: {one['fate']}" for one in plan.own],
    )
    _list("In the way", [f"{one['what']}\n    -> {one['remedy']}" for one in plan.blockers])
    if not plan.blockers:
        say("Nothing is in the way.")


def _list(title: str, lines: list[str]) -> None:
    if lines:
        say(title)
        for line in lines:
            say(f"  {line}")


def _one(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]


def _rows(cursor: Any, statement: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    cursor.execute(statement, values)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
