"""scripts/doctor: run the checks of sql/checks on a database and report what they find."""

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from ..console import Problem, fail, say
from ..local import access, databases
from ..local.paths import SQL
from ..schema.migrations import local_migrations
from . import live

HEALTHY, UNHEALTHY, UNREACHABLE = 0, 1, 2
CHECKS = SQL / "checks"
_CONDITION = re.compile(r"^-- only if: (.+)$", re.MULTILINE)
_TIMEOUT = "10s"
Finding = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """The result of a check: what, why and remedy of each finding; `skipped` if its condition is false."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    skipped: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/doctor",
        description="Check the health of a database without changing anything (but see --verify-packs). "
        "Exit code: 0 healthy, 1 problems found, 2 the database cannot be read.",
    )
    names = [path.stem for path in checks()]
    parser.add_argument(
        "--dsn", help="URL of the database, as the owner of its tables (default: the private database)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=names, metavar="NAME", help=f"run these checks only: {', '.join(names)}"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--verify-packs",
        action="store_true",
        help="first compare all packed history with its checksums and mark what is damaged, so that reads "
        "leave it out; the one thing that is changed",
    )
    _add_live(parser.add_argument_group("an installation, from outside"))
    options = parser.parse_args()
    if options.live:
        raise SystemExit(_examine_live(parser, options))
    if options.verify_packs:
        verify_packs(options.dsn or databases.url())
    raise SystemExit(examine(options.dsn or databases.url(), options.only, options.json))


def _add_live(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--live",
        metavar="URL",
        help="instead, ask an installation as devices and readers do: health, metrics, a marked reading sent "
        "and read back; URL of the API",
    )
    add(
        "--device",
        type=int,
        metavar="N",
        help="cdDispositivo of a device for tests, with a sensor; the readings stay (quality 2: not summed)",
    )
    add("--key", help="an API key that may read and ingest for it (default: $RASTRO_API_KEY)")
    add(
        "--mqtt",
        metavar="URL",
        help="send one by MQTT as well, mqtts://user:secret@host:port with the device's login",
    )
    add(
        "--gateway",
        nargs="+",
        default=[],
        metavar="URL",
        help="look at health and metrics of these gateways too; one of them has to take the reading",
    )


def _examine_live(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.device is None:
        parser.error("--live needs --device: a device for tests")
    try:
        key = access.key(options.key)
    except Problem as problem:
        fail(str(problem))
    where = live.Installation(options.live.rstrip("/"), key, options.device, options.mqtt, options.gateway)
    return live.examine(where)


def verify_packs(dsn: str) -> None:
    """Look at every chunk of packed history, a few per transaction, as maintenance does within a week."""
    try:
        with closing(
            psycopg2.connect(dsn, connect_timeout=5, application_name="rastro doctor")
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                looked_at = sum(_chunks_verified(cursor))
    except psycopg2.Error as error:
        say(f"Cannot verify packed history: {str(error).strip()}")
        raise SystemExit(UNREACHABLE) from error
    say(f"{looked_at:,} chunks of packed history verified.")


def _chunks_verified(cursor: Any) -> Iterator[int]:
    cursor.execute("select clock_timestamp()")
    (begin,) = cursor.fetchone()
    count = 1
    while count:
        cursor.execute("select private.verify_packs_before(%s)", (begin,))
        (count,) = cursor.fetchone()
        yield count


def examine(dsn: str, only: list[str] | None = None, as_json: bool = False) -> int:
    """Run the checks and print their results. Returns the exit code."""
    try:
        with _reader(dsn) as cursor:
            answers = list(ask(cursor, only))
    except psycopg2.Error as error:
        say(f"Cannot read the database: {str(error).strip()}")
        return UNREACHABLE
    if as_json:
        say(json.dumps([vars(answer) for answer in answers], indent=2))
    else:
        _print(answers)
    return UNHEALTHY if any(answer.findings for answer in answers) else HEALTHY


def checks() -> list[Path]:
    """The SQL files of the checks, in order."""
    return sorted(CHECKS.glob("*.sql"))


def ask(cursor: Any, only: list[str] | None = None) -> Iterator[Answer]:
    """Results in order. When migrations are missing, the other checks are not run."""
    missing = _missing(cursor)
    if not only:
        yield Answer("00_migrations", missing)
    for path in checks():
        if not missing and (only is None or path.stem in only):
            yield _answer(cursor, path)


@contextmanager
def _reader(dsn: str) -> Iterator[Any]:
    with closing(psycopg2.connect(dsn, connect_timeout=5, application_name="rastro doctor")) as connection:
        connection.set_session(readonly=True, isolation_level="repeatable read")
        with connection.cursor() as cursor:
            cursor.execute(f"set statement_timeout = '{_TIMEOUT}'; set lock_timeout = '2s'")
            yield cursor


def _missing(cursor: Any) -> list[Finding]:
    cursor.execute("select to_regclass('supabase_migrations.schema_migrations') is not null")
    applied: set[str] = set()
    if cursor.fetchone() == (True,):
        cursor.execute("select version from supabase_migrations.schema_migrations")
        applied = {version for (version,) in cursor.fetchall()}
    return [
        _finding(one.path.name, "This migration is not applied", "scripts/run --migrate, or supabase db push")
        for one in local_migrations()
        if one.version not in applied
    ]


def _answer(cursor: Any, path: Path) -> Answer:
    """Run one check. If it fails, that is a finding; the other checks still run."""
    text = path.read_text()
    cursor.execute("savepoint check_")
    try:
        condition = _CONDITION.search(text)
        if condition:
            cursor.execute(f"select {condition[1]}")
            if cursor.fetchone() != (True,):
                return Answer(path.stem, skipped=True)
        cursor.execute(text)
        return Answer(path.stem, [_finding(*row) for row in cursor.fetchall()])
    except psycopg2.Error as error:
        remedy = "Connect as the owner of the tables, or correct the check"
        return Answer(path.stem, [_finding(path.name, str(error).strip(), remedy)])
    finally:
        cursor.execute("rollback to check_")


def _finding(what: Any, why: Any, remedy: Any) -> Finding:
    return {"oque": str(what), "porque": str(why), "remedio": str(remedy)}


def _print(answers: list[Answer]) -> None:
    for answer in answers:
        state = "-" if answer.skipped else f"{len(answer.findings)} found" if answer.findings else "ok"
        say(f"{answer.name:24} {state}")
        for finding in answer.findings:
            say(f"    {finding['oque']}: {finding['porque']}.\n        {finding['remedio']}")
    count = sum(len(answer.findings) for answer in answers)
    say(f"\n{count} problem{'s' * (count > 1)} found." if count else "\nNo problems found.")
