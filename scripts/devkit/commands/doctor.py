"""scripts/doctor [--dsn URL] [--only NAME...] [--json]: asks every question of sql/checks; one verdict."""

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from ..console import say
from ..local import databases
from ..local.paths import SQL
from ..schema.migrations import local_migrations

WELL, ILL, UNREACHABLE = 0, 1, 2
CHECKS = SQL / "checks"
_CONDITION = re.compile(r"^-- only if: (.+)$", re.MULTILINE)
_TIMEOUT = "10s"
Finding = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a check says: rows of oque, porque, remedio; `skipped` where its condition does not hold."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    skipped: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/doctor",
        description="Look whether a database is well; changes nothing. Exit code 0: it is, 1: it is not, "
        "2: it cannot be read.",
    )
    names = [path.stem for path in checks()]
    parser.add_argument("--dsn", help="URL of the database, as its owner; by default the one of this clone")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", action="store_true", help="the answers as JSON")
    options = parser.parse_args()
    raise SystemExit(examine(options.dsn or databases.url(), options.only, options.json))


def examine(dsn: str, only: list[str] | None = None, as_json: bool = False) -> int:
    """Ask, say what was answered; the exit code."""
    try:
        with _reader(dsn) as cursor:
            answers = list(ask(cursor, only))
    except psycopg2.Error as error:
        say(f"cannot read the database: {str(error).strip()}")
        return UNREACHABLE
    if as_json:
        say(json.dumps([vars(answer) for answer in answers], indent=2))
    else:
        _tell(answers)
    return ILL if any(answer.findings for answer in answers) else WELL


def checks() -> list[Path]:
    """The questions, in order."""
    return sorted(CHECKS.glob("*.sql"))


def ask(cursor: Any, only: list[str] | None = None) -> Iterator[Answer]:
    """The migrations first: without them there is nothing to ask about."""
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
    """One that fails is a finding of its own, and keeps no other from being asked."""
    text = path.read_text()
    cursor.execute("savepoint question")
    try:
        condition = _CONDITION.search(text)
        if condition:
            cursor.execute(f"select {condition[1]}")
            if cursor.fetchone() != (True,):
                return Answer(path.stem, skipped=True)
        cursor.execute(text)
        return Answer(path.stem, [_finding(*row) for row in cursor.fetchall()])
    except psycopg2.Error as error:
        told = _finding(path.name, str(error).strip(), "Ask as the owner of the tables, or mend the question")
        return Answer(path.stem, [told])
    finally:
        cursor.execute("rollback to question")


def _finding(what: Any, why: Any, remedy: Any) -> Finding:
    return {"oque": str(what), "porque": str(why), "remedio": str(remedy)}


def _tell(answers: list[Answer]) -> None:
    for answer in answers:
        state = "-" if answer.skipped else f"{len(answer.findings)} found" if answer.findings else "ok"
        say(f"{answer.name:24} {state}")
        for finding in answer.findings:
            say(f"    {finding['oque']}: {finding['porque']}.\n        {finding['remedio']}")
    count = sum(len(answer.findings) for answer in answers)
    say(f"\n{count} found: not well." if count else "\nAll well.")
